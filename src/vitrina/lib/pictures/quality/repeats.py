"""One piece laid over the picture again and again, as drawing models do beyond the size they know. Pure."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter

from vitrina.lib.pictures.quality.tones import mean_square, variance

SIDE = 384  # pixels: halves, thirds and quarters of it are whole
TIMES = (2, 3, 4)
LEAST_DEVIATION = 1.0
_SLOW = 96  # pixels: what changes slower, a sky or a vignette, is alike wherever it is looked at


def repetition(grey: Image.Image) -> float:
    """−1 … 1: how well the picture fits itself, moved by a half, a third or a quarter of its sides; the least of both directions.

    1 is the same piece again.
    """
    square = grey.resize((SIDE, SIDE), Image.Resampling.BOX)
    slow = square.reduce(_SLOW).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    fine = ImageChops.subtract(square, slow, scale=1, offset=128).filter(ImageFilter.BoxBlur(2))
    whole = variance(fine.histogram())
    if whole < LEAST_DEVIATION**2:
        return 0.0
    return max(min(_fit(fine, whole, SIDE // n, 0), _fit(fine, whole, 0, SIDE // n)) for n in TIMES)


def _fit(fine: Image.Image, whole: float, across: int, down: int) -> float:
    moved = ImageChops.offset(fine, across, down)
    return 1 - mean_square(ImageChops.difference(fine, moved).histogram()) / (2 * whole)
