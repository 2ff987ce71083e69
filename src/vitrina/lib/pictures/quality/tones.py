"""What a histogram of 256 counts says. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from PIL import Image


def mean(counts: Sequence[int]) -> float:
    return sum(value * count for value, count in enumerate(counts)) / max(1, sum(counts))


def variance(counts: Sequence[int]) -> float:
    whole = max(1, sum(counts))
    middle = mean(counts)
    return sum(count * (value - middle) ** 2 for value, count in enumerate(counts) if count) / whole


def deviation(counts: Sequence[int]) -> float:
    return sqrt(variance(counts))


def mean_square(counts: Sequence[int]) -> float:
    return sum(value * value * count for value, count in enumerate(counts) if count) / max(1, sum(counts))


def below(counts: Sequence[int], share: float) -> int:
    """The value that this share of the pixels does not pass."""
    wanted = share * sum(counts)
    passed = 0
    for value, count in enumerate(counts):
        passed += count
        if passed >= wanted:
            return value
    return len(counts) - 1


def tiles(image: Image.Image, across: int, down: int) -> list[list[int]]:
    """The histograms of so many equal parts, row by row; what doesn't divide is left at the right and below."""
    wide, high = image.width // across, image.height // down
    return [
        image.crop((x * wide, y * high, (x + 1) * wide, (y + 1) * high)).histogram()
        for y in range(down)
        for x in range(across)
    ]
