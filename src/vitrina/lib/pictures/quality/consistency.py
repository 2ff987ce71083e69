"""Whether the pictures of a series show one thing, by what was measured when each was made: no file is opened again. Pure.

Colour is the only cheap sign of identity: on pictures of one prompt, statistics of Lab told the same model apart from others best
(area under the curve 0.81), structure and perceptual hashes compared viewpoints. So hashes serve to find two angles that are
the same picture, and the shape of the thing is not verified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Any

from vitrina.lib.pictures.colors import from_hex, to_oklab
from vitrina.lib.pictures.looks import apart
from vitrina.lib.pictures.quality.surfaces import body, far, palettes_far, surfaces

SAME_PICTURE = 6  # bits of the brightness at most
BODY_SAME, BODY_OTHER = 0.05, 0.16  # OKLab, hue before lightness: full agreement up to, none from
PALETTE_SAME, PALETTE_OTHER = 0.04, 0.14


@dataclass(frozen=True, slots=True)
class Angle:
    """One picture of a series. `measured`: as `measuring.measure` gave it, version 2 or later."""

    name: str
    measured: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Consistency:
    """Shares 0 … 1, None where fewer than two pictures could be compared. `bodies`: "#rrggbb" of the body by angle.

    `odd`: angles whose body is another colour than that of most. `duplicates`: pairs of angles that are the same picture.
    """

    body: float | None
    palette: float | None
    bodies: Mapping[str, str]
    odd: tuple[str, ...]
    duplicates: tuple[tuple[str, str], ...]


def consistency(
    angles: Sequence[Angle], *, without_color: frozenset[str] = frozenset(), color: str = ""
) -> Consistency:
    """`without_color`: names of angles that don't show the body (interior, dashboard, wheel): their colours are left out.

    `color`: "#rrggbb" that the body shall have; empty: that which most angles agree on.
    """
    shown = {angle.name: surfaces(angle.measured) for angle in angles if angle.name not in without_color}
    bodies = {name: found for name, palette in shown.items() if (found := body(palette)) is not None}
    ways = [far(one.lab, other.lab) for one, other in combinations(bodies.values(), 2)]
    palettes = [
        way for one, other in combinations(shown.values(), 2) if (way := palettes_far(one, other)) is not None
    ]
    return Consistency(
        body=fmean(agreement(way, BODY_SAME, BODY_OTHER) for way in ways) if ways else None,
        palette=fmean(agreement(way, PALETTE_SAME, PALETTE_OTHER) for way in palettes) if palettes else None,
        bodies={name: found.hex for name, found in bodies.items()},
        odd=_odd({name: found.lab for name, found in bodies.items()}, color),
        duplicates=duplicates(angles),
    )


def duplicates(angles: Sequence[Angle]) -> tuple[tuple[str, str], ...]:
    """Pictures that were measured by an older version are not compared."""
    return tuple(
        (one.name, other.name)
        for one, other in combinations(angles, 2)
        if one.measured.get("bits")
        and other.measured.get("bits")
        and apart(one.measured["bits"], other.measured["bits"]) <= SAME_PICTURE
    )


def agreement(way: float, same: float, other: float) -> float:
    """1 up to `same`, 0 from `other` on, evenly between."""
    return min(1.0, max(0.0, (other - way) / (other - same)))


def _odd(bodies: Mapping[str, tuple[float, float, float]], color: str) -> tuple[str, ...]:
    if color:
        wanted = to_oklab(*from_hex(color))
        return tuple(name for name, lab in bodies.items() if far(lab, wanted) > BODY_OTHER)
    if len(bodies) < 3:
        return ()
    # The one with the least way to all others stands for the series: a mean would move towards what is odd.
    centre = min(bodies.values(), key=lambda lab: sum(far(lab, other) for other in bodies.values()))
    return tuple(name for name, lab in bodies.items() if far(lab, centre) > BODY_OTHER)
