"""The short form: a title and one paragraph for quick use."""
