"""Products of a seller that may be one and the same."""
