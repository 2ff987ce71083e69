"""The size that a model draws nearest to the one that is wished for. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vitrina.imagery.ports import Abilities, Sizes

Size = tuple[int, int]  # (width, height), pixels

RATIO_UNIT = 128
LEAST_BY_RATIO = 512  # pixels of the shorter side
_BOUNDLESS = 2**20  # pixels of a side, where no limit is known
# How much a wrong area counts against a wrong ratio; the ratio decides what is in the picture.
_SHARE_OF_AREA = 0.25


def of_ratio(ratio: tuple[int, int]) -> Size:
    """w × 128 by h × 128, times the least whole number that gives the shorter side 512: 4:3 is 1024 × 768.

    Bare, 1:1 would be 128 × 128, which nobody can use and the quality check refuses.
    """
    width, height = (max(1, side) * RATIO_UNIT for side in ratio)
    times = math.ceil(LEAST_BY_RATIO / min(width, height))
    return width * times, height * times


def fitted(wanted: Size, abilities: Abilities) -> tuple[Size, tuple[int, int] | None]:
    """(the size, the ratio to be told where only that is). Of sizes as near as each other the first listed."""
    if abilities.sizes is Sizes.LISTED and abilities.listed:
        return min(abilities.listed, key=lambda size: _distance(size, wanted)), None
    if abilities.sizes is Sizes.RATIO and abilities.ratios:
        ratio = min(abilities.ratios, key=lambda each: _ratio_distance(each, wanted))
        return _at_ratio(wanted, ratio), ratio
    return _in_pixels(wanted, abilities), None


def _distance(size: Size, wanted: Size) -> float:
    area = abs(math.log(size[0] * size[1] / (wanted[0] * wanted[1])))
    return _ratio_distance(size, wanted) + _SHARE_OF_AREA * area


def _ratio_distance(size: Sequence[int], wanted: Size) -> float:
    return abs(math.log(size[0] / size[1] * wanted[1] / wanted[0]))


def _at_ratio(wanted: Size, ratio: tuple[int, int]) -> Size:
    """As many pixels as are wished for."""
    unit = math.sqrt(wanted[0] * wanted[1] / (ratio[0] * ratio[1]))
    return max(1, round(ratio[0] * unit)), max(1, round(ratio[1] * unit))


def _in_pixels(wanted: Size, abilities: Abilities) -> Size:
    """Within the limits and in steps, with the proportions kept as far as the limits let them."""
    step = abilities.step
    least = math.ceil(abilities.least_side / step) * step
    most = max(least, (abilities.most_side or _BOUNDLESS) // step * step)
    width, height = wanted[0] * 1.0, wanted[1] * 1.0
    if abilities.most_ratio:
        width, height = min(width, height * abilities.most_ratio), min(height, width * abilities.most_ratio)
    grown = max(1.0, least / min(width, height), math.sqrt((abilities.least_pixels or 1) / (width * height)))
    shrunk = min(1.0, most / (max(width, height) * grown))
    if abilities.most_pixels is not None:
        shrunk = min(shrunk, math.sqrt(abilities.most_pixels / (width * height)) / grown)
    scaled = sorted(side * grown * shrunk for side in (width, height))
    # The shorter one first, by the largest square at most, so that there is always room for the longer one.
    square = math.isqrt(abilities.most_pixels) if abilities.most_pixels is not None else most
    short = _stepped(scaled[0], step, least, min(most, square))
    long = _longer(scaled[1], short, most, abilities)
    while short * long < (abilities.least_pixels or 0) and short < min(most, square):  # rounding went below
        short += step
        long = _longer(math.ceil((abilities.least_pixels or 0) / short / step) * step, short, most, abilities)
    return (long, short) if width >= height else (short, long)


def _longer(side: float, short: int, most: int, abilities: Abilities) -> int:
    bounds = [most]
    if abilities.most_pixels is not None:
        bounds.append(abilities.most_pixels // short)
    if abilities.most_ratio:
        bounds.append(int(short * abilities.most_ratio))
    return _stepped(side, abilities.step, short, min(bounds))


def _stepped(side: float, step: int, least: int, most: int) -> int:
    """The nearest step; `least` is one."""
    return max(least, min(round(side / step), most // step) * step)
