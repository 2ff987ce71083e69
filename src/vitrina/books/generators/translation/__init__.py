"""A passage in English: what is to be seen in it."""
