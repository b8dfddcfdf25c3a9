"""What a workspace adds to the shipped object types, and changes of them. Nothing here loses a value of a record."""
