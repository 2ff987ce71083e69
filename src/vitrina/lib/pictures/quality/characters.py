"""Lettering in a picture, by its characters: marks of one ink and nearly one size that stand in a row. Pure.

Leaves and stones are marks of one size too, but they stand in heaps; windows stand in rows, but they are all alike and filled. What is
written may slant: rows are looked for in every direction. Nothing is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from statistics import fmean, median, pstdev

from PIL import Image, ImageChops, ImageFilter

from vitrina.lib.pictures.quality.blobs import Blob, blobs

STEPS = (18, 60)  # of 255, lighter or darker than what is around
AROUND = 14  # pixels on 512
LIGHTEST, DARKEST = 226, 30
SMOOTHED, SMOOTH_STEP = (
    2,
    16,
)  # pixels and tones: what is written over stones and leaves outlives their blurring
GAPS = (0.45, 0.75)  # of the height: between letters; between words too, where no other line is as near
OFF_LINE, UNEVEN = (
    0.4,
    0.56,
)  # of the height: how far a row may leave its line, how much heights may differ; together 1
FARTHEST = 1.4  # from one character to the next, of the height
LEAST_INK, MOST_INK = 60, 0.35  # pixels, and of all pixels
LOWEST, HIGHEST = 5, 52  # pixels on 512
LEAST, MOST = 4, 600  # characters of a row; marks of a picture, beyond which none is told from the next


@dataclass(frozen=True, slots=True)
class Writing:
    """`longest`: characters of the longest row, 0 where nothing is written. `rows`: how many are at least half as long."""

    longest: int
    rows: int


def writing(grey: Image.Image) -> Writing:
    """`grey`: «L», longest side 512."""
    around = grey.filter(ImageFilter.BoxBlur(AROUND))
    smooth = grey.filter(ImageFilter.BoxBlur(SMOOTHED))
    lighter, darker = ImageChops.subtract(grey, around), ImageChops.subtract(around, grey)
    best = Writing(0, 0)
    for layer, least in (
        (lighter, STEPS[1]), (darker, STEPS[1]), (grey, LIGHTEST), (ImageChops.invert(grey), 255 - DARKEST),
        (lighter, STEPS[0]), (darker, STEPS[0]),
        (ImageChops.subtract(smooth, around), SMOOTH_STEP), (ImageChops.subtract(around, smooth), SMOOTH_STEP),
    ):  # fmt: skip
        mask = layer.point([255 if value >= least else 0 for value in range(256)])
        inked = mask.histogram()[255]
        found = blobs(mask) if LEAST_INK <= inked <= MOST_INK * mask.width * mask.height else None
        marks = [mark for mark in found or () if _may_be_character(mark)]
        near = neighbours(marks)
        for gap in GAPS:
            lengths = [len(row) for row in rows(marks, near, gap) if _is_written(row)]
            longest = max(lengths, default=0)
            if longest > best.longest:
                best = Writing(longest, sum(2 * length >= longest for length in lengths))
    return best


def _may_be_character(mark: Blob) -> bool:
    return (
        LOWEST <= mark.high <= HIGHEST
        and mark.wide <= 1.8 * mark.high
        and mark.high <= 8 * mark.wide
        and 0.16 <= mark.fill <= 0.97
    )


def neighbours(marks: Sequence[Blob]) -> list[tuple[float, int, int]]:
    """Pairs of nearly one size, by their places in `marks`, and how far apart they are, of the height of the taller one."""
    if len(marks) > MOST:
        return []
    found = []
    order = sorted(range(len(marks)), key=lambda number: marks[number].left)
    for place, one in enumerate(order):
        mark = marks[one]
        reach = mark.right + 2 * GAPS[-1] * mark.high
        for other in order[place + 1 :]:
            near = marks[other]
            if near.left > reach:
                break
            taller, lower = max(mark.high, near.high), min(mark.high, near.high)
            if taller <= 2 * lower:
                down = max(mark.top, near.top) - min(mark.bottom, near.bottom)
                far = max(near.left - mark.right, down) / taller
                if far <= GAPS[-1]:
                    found.append((far, one, other))
    return found


def rows(marks: Sequence[Blob], near: Sequence[tuple[float, int, int]], gap: float) -> list[list[Blob]]:
    """Marks together that have a neighbour no farther away than `gap`."""
    parents = list(range(len(marks)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for far, one, other in near:
        if far <= gap:
            parents[root(other)] = root(one)
    together: dict[int, list[Blob]] = {}
    for number, mark in enumerate(marks):
        together.setdefault(root(number), []).append(mark)
    return list(together.values())


def _is_written(row: Sequence[Blob]) -> bool:
    if len(row) < LEAST:
        return False
    xs, ys = zip(*(mark.middle for mark in row), strict=True)
    high = median(mark.high for mark in row)
    shapes = [mark.wide / mark.high for mark in row]
    fills = [mark.fill for mark in row]
    unruly = _off_line(xs, ys) / OFF_LINE + pstdev([mark.high for mark in row]) / UNEVEN
    far = max(max(xs) - min(xs), max(ys) - min(ys)) / (len(row) - 1)
    return (
        unruly <= high
        and far <= FARTHEST * high
        and 0.3 <= median(shapes) <= 1.15
        and 0.25 <= fmean(fills) <= 0.72
        and pstdev(shapes) + pstdev(fills) >= 0.14
    )


def _off_line(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Deviation from the straight line that fits best, in pixels."""
    x, y = fmean(xs), fmean(ys)
    across = fmean((one - x) ** 2 for one in xs)
    down = fmean((one - y) ** 2 for one in ys)
    both = fmean((one - x) * (other - y) for one, other in zip(xs, ys, strict=True))
    return sqrt(max(0.0, (across + down - hypot(across - down, 2 * both)) / 2))
