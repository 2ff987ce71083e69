"""How a person or place of a book looks."""
