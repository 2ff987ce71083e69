"""The shape of what a picture shows, in few bits: of the whole by its brightness, of the subject by its outline. Pure.

`likeness` tells other things apart, by colour too; two angles of one car have the same colour, so here brightness alone counts.
"""

from __future__ import annotations

from functools import cache
from math import cos, pi
from statistics import median

from PIL import Image

SIDE = 16  # of an outline
_GRID, _WAVES = 32, 8


def brightness_bits(grey: Image.Image) -> str:
    """64 bits as 16 hexadecimal digits: which of the 64 lowest frequencies of 32 × 32 (DCT-II) are above their median.

    The constant one is left out of the median. `grey`: «L».
    """
    values = grey.resize((_GRID, _GRID), Image.Resampling.BOX).tobytes()
    waves = _waves()
    rows = [values[at : at + _GRID] for at in range(0, _GRID * _GRID, _GRID)]
    across = [[sum(map(float.__mul__, wave, map(float, row))) for wave in waves] for row in rows]
    columns = list(zip(*across, strict=True))
    found = [sum(map(float.__mul__, wave, column)) for wave in waves for column in columns]
    middle = median(found[1:])
    bits = 0
    for value in found:
        bits = bits << 1 | (value > middle)
    return f"{bits:016x}"


def apart(one: str, other: str) -> int:
    """Bits that differ between two answers of one kind."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def outline_bits(mask: Image.Image) -> tuple[str, float] | None:
    """The subject within the box around it, SIDE × SIDE as 64 hexadecimal digits, and the box's width / height.

    None for an empty mask. `mask`: «L», 255 where the subject is.
    """
    box = mask.getbbox()
    if box is None:
        return None
    shares = mask.crop(box).resize((SIDE, SIDE), Image.Resampling.BOX).tobytes()
    bits = 0
    for share in shares:
        bits = bits << 1 | (share >= 128)
    return f"{bits:0{SIDE * SIDE // 4}x}", round((box[2] - box[0]) / (box[3] - box[1]), 3)


def overlap(one: str, other: str) -> float:
    """0 … 1: what two outlines have in common, of all that either has. The better of both ways round: a mirrored one is the same."""
    return max(_overlap(int(one, 16), int(other, 16)), _overlap(int(one, 16), _mirrored(other)))


def _overlap(one: int, other: int) -> float:
    return (one & other).bit_count() / max(1, (one | other).bit_count())


def _mirrored(outline: str) -> int:
    digits = SIDE // 4
    rows = [int(outline[at : at + digits], 16) for at in range(0, len(outline), digits)]
    turned = 0
    for row in rows:
        turned = turned << SIDE | int(f"{row:0{SIDE}b}"[::-1], 2)
    return turned


@cache
def _waves() -> tuple[tuple[float, ...], ...]:
    return tuple(
        tuple(cos(pi * (2 * at + 1) * frequency / (2 * _GRID)) for at in range(_GRID))
        for frequency in range(_WAVES)
    )
