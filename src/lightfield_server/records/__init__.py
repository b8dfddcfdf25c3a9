"""What can be done with records, whoever asks."""
