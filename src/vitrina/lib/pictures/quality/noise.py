"""Noise instead of a picture, and grain over one. Pure."""

from __future__ import annotations

from math import pi, sqrt

from PIL import Image, ImageFilter

from vitrina.lib.pictures.quality.tones import tiles, variance

# John Immerkær, «Fast Noise Variance Estimation», 1996: what is left after two crossed second differences.
_RESIDUE = ImageFilter.Kernel((3, 3), (1, -2, 1, -2, 4, -2, 1, -2, 1), scale=4, offset=128)
_PARTS = 8
_AMONG = 0.25  # of the parts, from the smoothest on: where the picture itself has the least to say


def unrelated(grey: Image.Image) -> float:
    """0 … 1: the share of all variance that lies within squares of 2 × 2 pixels. `grey`: «L», longest side 256.

    Neighbours of a picture are alike, whatever it shows; those of pure noise have nothing to do with each other, which gives 0.75.
    """
    whole = variance(grey.histogram())
    if whole < 1:
        return 0.0
    even = grey.crop((0, 0, grey.width // 2 * 2, grey.height // 2 * 2))
    return max(0.0, 1 - variance(even.reduce(2).histogram()) / whole)


def grain(native: Image.Image) -> float:
    """Deviation of the noise, of 255, in the smoother parts. `native`: «L», not resized."""
    residue = native.filter(_RESIDUE).crop((1, 1, native.width - 1, native.height - 1))
    found = sorted(_mean_off_middle(counts) for counts in tiles(residue, _PARTS, _PARTS))
    return found[round(_AMONG * (len(found) - 1))] * 4 * sqrt(pi / 2) / 6


def _mean_off_middle(counts: list[int]) -> float:
    return sum(abs(value - 128) * count for value, count in enumerate(counts)) / max(1, sum(counts))
