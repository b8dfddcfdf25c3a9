"""The `lightfield` command."""
