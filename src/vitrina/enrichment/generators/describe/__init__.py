"""The full card text."""
