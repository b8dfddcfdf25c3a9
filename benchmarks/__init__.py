"""What the server can carry, measured: see README.md."""
