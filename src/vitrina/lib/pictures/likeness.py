"""How alike two pictures look: 64 bits of each, and how many of them differ."""

from __future__ import annotations

from PIL import Image


def likeness(image: Image.Image) -> int:
    """64 bits, signed: which of two neighbours in a row is the brighter one, on a grid of 9 × 8."""
    grid = image.convert("L").resize((9, 8), Image.Resampling.BOX)
    pixels = grid.tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (pixels[at] > pixels[at + 1])
    return bits - (1 << 64) if bits >> 63 else bits


def distance(one: int, other: int) -> int:
    """Bits that differ, 0 … 64."""
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()
