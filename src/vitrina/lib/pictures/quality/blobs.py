"""Connected marks of a mask: the boxes around them and how much of each is filled. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PIL import Image

MOST_RUNS = 7000  # pieces of rows; in a mask with more, a meadow, no mark can be told from the next

_RUN = re.compile(rb"\xff+")


@dataclass(slots=True)
class Blob:
    """Pixels; `right` and `bottom` lie outside."""

    left: int
    right: int
    top: int
    bottom: int
    filled: int

    @property
    def wide(self) -> int:
        return self.right - self.left

    @property
    def high(self) -> int:
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def fill(self) -> float:
        return self.filled / (self.wide * self.high)


def blobs(mask: Image.Image) -> list[Blob] | None:
    """Marks whose pixels are 255 in a mask «L»; they touch by sides or corners. None where there are too many."""
    width, height = mask.size
    data = mask.tobytes()
    found: list[Blob] = []
    parents: list[int] = []  # the mark that each one became a part of
    above: list[tuple[int, int, int]] = []
    counted = 0
    for row in range(height):
        runs: list[tuple[int, int, int]] = []
        reached = 0
        for match in _RUN.finditer(data, row * width, (row + 1) * width):
            start, end = match.start() - row * width, match.end() - row * width
            mine = -1
            while reached < len(above) and above[reached][1] < start:
                reached += 1
            at = reached
            while at < len(above) and above[at][0] <= end:
                other = _root(parents, above[at][2])
                if mine < 0:
                    mine = other
                elif other != mine:
                    _join(found[mine], found[other])
                    parents[other] = mine
                at += 1
            if mine < 0:
                mine = len(found)
                found.append(Blob(start, end, row, row + 1, end - start))
                parents.append(mine)
            else:
                blob = found[mine]
                blob.left, blob.right = min(blob.left, start), max(blob.right, end)
                blob.bottom = row + 1
                blob.filled += end - start
            runs.append((start, end, mine))
        above = runs
        counted += len(runs)
        if counted > MOST_RUNS:
            return None
    return [blob for number, blob in enumerate(found) if parents[number] == number]


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def _join(one: Blob, other: Blob) -> None:
    one.left, one.right = min(one.left, other.left), max(one.right, other.right)
    one.top, one.bottom = min(one.top, other.top), max(one.bottom, other.bottom)
    one.filled += other.filled
