"""What happened: every change is told once, in the transaction that made it true."""
