"""Which of the passages found are really worth a picture."""
