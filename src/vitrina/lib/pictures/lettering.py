"""How likely there is text in a picture: from where strokes stand, never by reading. Pure.

A stroke is a step from light to dark close to a step back. Letters are strokes in a line: a band much longer than high, with
nothing above and below. A weave or a print is strokes too, but over an area; an outline is steps of one kind.
"""

from __future__ import annotations

import re
from math import exp, log1p

from PIL import Image, ImageChops

STEP = 26  # of 255 between neighbours two pixels apart: a stroke's side
CELL = (8, 4)  # pixels, wide and high, on a picture of 512
DENSE = 16  # of 255: share of a cell's pixels that are a stroke's lighter and darker sides
LEAST_LONG, LEAST_SLIM = 4, 1.6  # cells; times longer than high
LOWEST, HIGHEST = 2, 26  # cells
# Of a logistic regression on drawn pictures with and without lettering (docs/pictures.md).
BIAS = 0.72
WEIGHTS = (1.23, -2.24, 2.36)  # of what `weighed` gives, in its order
WITHOUT_LINES = 0.05  # how many pictures without a line of strokes had lettering all the same: tiny or faint

_RUN = re.compile(rb"\x01+(?:\x00?\x01+)*")


class Band:
    """Dense cells that touch: the box around them, in cells, and what they hold together, 0–255 each."""

    __slots__ = ("bottom", "into", "left", "right", "strokes", "top")

    def __init__(self, left: int, right: int, row: int, strokes: int) -> None:
        self.left, self.right, self.top, self.bottom = left, right, row, row + 1
        self.strokes = strokes
        self.into: Band | None = None  # the band that this one became a part of

    @property
    def whole(self) -> Band:
        band = self
        while band.into is not None:
            band = band.into
        return band

    def joined(self, other: Band) -> Band:
        """Both as one; the older one holds it."""
        mine, theirs = self.whole, other.whole
        if mine is not theirs:
            theirs.left, theirs.right = min(mine.left, theirs.left), max(mine.right, theirs.right)
            theirs.top, theirs.bottom = min(mine.top, theirs.top), max(mine.bottom, theirs.bottom)
            theirs.strokes += mine.strokes
            mine.into = theirs
        return theirs

    @property
    def long(self) -> int:
        return self.right - self.left

    @property
    def high(self) -> int:
        return self.bottom - self.top

    @property
    def is_line(self) -> bool:
        return (
            self.long >= LEAST_LONG
            and LOWEST <= self.high <= HIGHEST
            and self.long * CELL[0] >= LEAST_SLIM * self.high * CELL[1]
        )


def text_likelihood(grey: Image.Image) -> float:
    """0–1. `grey`: «L», longest side 512 or less."""
    told = weighed(grey)
    if told is None:
        return WITHOUT_LINES
    return 1 / (1 + exp(-(BIAS + sum(weight * value for weight, value in zip(WEIGHTS, told, strict=True)))))


def weighed(grey: Image.Image) -> tuple[float, float, float] | None:
    """What is weighed, None where no line of strokes stands: the share of all strokes that stand in lines; how many lines there
    are, and how many strokes in them, as logarithms."""
    if grey.width < 4 * CELL[0] or grey.height < 4 * CELL[1]:
        return None
    strokes = _strokes(grey)
    bands = _bands(strokes)
    lines = [band for band in bands if band.is_line]
    if not lines:
        return None
    of_lines = sum(band.strokes for band in lines)
    everything = sum(band.strokes for band in bands)
    return of_lines / everything, log1p(len(lines)), log1p(of_lines / 1000)


def _strokes(grey: Image.Image) -> Image.Image:
    """«L», a pixel for a cell: 255 times the lesser share of steps up and steps down."""
    width, height = grey.size
    left, right = grey.crop((0, 0, width - 2, height)), grey.crop((2, 0, width, height))
    steep = [255 if value >= STEP else 0 for value in range(256)]
    up = ImageChops.subtract(right, left).point(steep).reduce(CELL)
    down = ImageChops.subtract(left, right).point(steep).reduce(CELL)
    return ImageChops.darker(up, down)


def _bands(strokes: Image.Image) -> list[Band]:
    """Dense cells that touch by side or corner, or have one cell between them in a row."""
    width, height = strokes.size
    values = strokes.tobytes()
    marks = strokes.point([value >= DENSE for value in range(256)]).tobytes()
    bands: list[Band] = []
    above: list[
        tuple[int, int, Band]
    ] = []  # runs of the row above, from the left: begin, end, whose they are
    for row in range(height):
        runs: list[tuple[int, int, Band]] = []
        for match in _RUN.finditer(marks, row * width, (row + 1) * width):
            start, end = match.start() - row * width, match.end() - row * width
            band = Band(start, end, row, sum(values[match.start() : match.end()]))
            for other_start, other_end, other in above:
                if other_start <= end and start <= other_end:
                    band = band.joined(other)
            bands.append(band)
            runs.append((start, end, band))
        above = runs
    return list({id(band.whole): band.whole for band in bands}.values())
