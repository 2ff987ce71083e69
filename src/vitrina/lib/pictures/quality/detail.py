"""Whether something in the picture is in focus. Pure.

The sharpest of sixteen parts tells: before a blurred background only the subject has edges, and in fog only what is near. The
Laplacian of the whole picture would call both blurred.
"""

from __future__ import annotations

from PIL import Image

from vitrina.lib.pictures.quality.tones import tiles, variance
from vitrina.lib.pictures.sharpness import LAPLACIAN

PARTS = 4  # a side


def sharpest_part(grey: Image.Image) -> float:
    """Variance of the Laplacian in the part that has most. `grey`: «L», longest side 512."""
    turns = grey.filter(LAPLACIAN).crop((1, 1, grey.width - 1, grey.height - 1))
    scale: float = LAPLACIAN.filterargs[1] ** 2
    return max(variance(counts) for counts in tiles(turns, PARTS, PARTS)) * scale
