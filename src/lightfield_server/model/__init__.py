"""What a CRM is made of, as data: no input, no output."""
