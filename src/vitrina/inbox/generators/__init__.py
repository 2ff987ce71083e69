"""What the inbox asks of models."""
