"""What books ask of models."""
