"""Lettering laid over the picture so that it shines through. Pure."""

from __future__ import annotations

from PIL import Image


def mark_likelihood(grey: Image.Image) -> float:
    return 0.0
