"""Typed attributes with the evidence of each."""
