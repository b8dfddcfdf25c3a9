"""Records in and out as files: CSV, XLSX and JSONL."""
