"""One door: HTTP, and nothing of CRM."""
