"""How alike two pictures look: 64 bits of each, and how many of them differ.

36 bits tell the shape: the signs of the lowest frequencies of brightness. 28 tell the colour of what stands out from the
frame: shops show the same thing in other colours, and to brightness alone those are one picture. Figures on how well it
tells pictures apart: docs/pictures.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median_low

from PIL import Image

NEAR = 5  # bits apart at most: nearly the same picture
_GRID = 16
_SHAPE_BITS = 36
_FREQUENCIES = sorted(
    ((down, across) for down in range(9) for across in range(9) if down + across),
    key=lambda at: (sum(at), at),
)[:_SHAPE_BITS]
_WAVES = [
    [math.cos(math.pi * (2 * at + 1) * frequency / (2 * _GRID)) for at in range(_GRID)]
    for frequency in range(9)
]
_SURELY = 0.001  # nothing is never something for an error of arithmetic
_SHADES = [(step - 6.5) * 5 for step in range(14)]  # of blue and of red, 14 thresholds each
_STANDS_OUT = 24  # of 765


def likeness(image: Image.Image) -> int:
    """64 bits, signed. About 1 ms; a small picture says the same as a big one."""
    grid = image.convert("RGB").resize((_GRID, _GRID), Image.Resampling.BOX).convert("YCbCr")
    bright, blue, red = (band.tobytes() for band in grid.split())
    bits = 0
    for is_set in (*_shape(bright), *_colour(bright, blue, red)):
        bits = bits << 1 | is_set
    return bits - (1 << 64) if bits >> 63 else bits


def distance(one: int, other: int) -> int:
    """Bits that differ, 0 … 64."""
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()


def _shape(bright: bytes) -> list[bool]:
    """Of the lowest frequencies, which begin bright. Brightness and contrast of the whole change nothing."""
    rows = [bright[at : at + _GRID] for at in range(0, _GRID * _GRID, _GRID)]
    across = [[_weighed(row, wave) for row in rows] for wave in _WAVES]
    return [_weighed(across[second], _WAVES[first]) > _SURELY for first, second in _FREQUENCIES]


def _weighed(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True))


def _colour(bright: bytes, blue: bytes, red: bytes) -> list[bool]:
    """The mean colour of what differs from the frame, the more the more it does; bit by bit as it passes each shade."""
    last = _GRID - 1
    frame = [at for at in range(_GRID * _GRID) if at % _GRID in (0, last) or at // _GRID in (0, last)]
    ground = [median_low(band[at] for at in frame) for band in (bright, blue, red)]
    total, blues, reds = 0.0, 0.0, 0.0
    for pixel in zip(bright, blue, red, strict=True):
        differs = sum(abs(one - other) for one, other in zip(pixel, ground, strict=True))
        weight = differs if differs > _STANDS_OUT else 1e-6
        total += weight
        blues += weight * (pixel[1] - 128)
        reds += weight * (pixel[2] - 128)
    return [blues / total > shade for shade in _SHADES] + [reds / total > shade for shade in _SHADES]
