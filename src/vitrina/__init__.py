"""Vitrina: a self-hosted AI content studio for online sellers."""
