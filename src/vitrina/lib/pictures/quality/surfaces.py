"""The surfaces of a subject as its measuring keeps them: which one is the body, and how far two palettes are apart. Pure.

OKLab; light scales how light a surface is and leaves its hue, so a difference of lightness counts less than one of hue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any

from vitrina.lib.pictures.colors import Lab, from_hex, to_oklab

DARK, GREYISH = 0.4, 0.045  # OKLab lightness and chroma: glass, tyres and shadows have less of both
BODY_SHARE = 0.12  # of the subject
LIGHT_COUNTS = 0.45  # of a difference of hue


@dataclass(frozen=True, slots=True)
class Surface:
    """`share`: of the subject, 0 … 1."""

    hex: str
    lab: Lab
    share: float

    @property
    def chroma(self) -> float:
        return hypot(self.lab[1], self.lab[2])


def surfaces(measured: Mapping[str, Any]) -> list[Surface]:
    """Largest first. Whatever an older measuring left in another shape is left out."""
    found = []
    for color in measured.get("colors") or ():
        try:
            found.append(Surface(color["hex"], to_oklab(*from_hex(color["hex"])), float(color["share"])))
        except (KeyError, TypeError, ValueError):
            continue
    return sorted(found, key=lambda surface: -surface.share)


def body(found: Sequence[Surface]) -> Surface | None:
    """The largest surface that is no glass, tyre or shadow; where all are dark, the largest."""
    painted = [
        surface
        for surface in found
        if surface.share >= BODY_SHARE and (surface.lab[0] > DARK or surface.chroma > GREYISH)
    ]
    return next(iter(painted or found), None)


def body_is_seen(measured: Mapping[str, Any]) -> bool:
    """Whether any large surface is no glass, tyre or shadow."""
    found = body(surfaces(measured))
    return found is not None and (found.lab[0] > DARK or found.chroma > GREYISH)


def far(one: Lab, other: Lab) -> float:
    """0: the same colour. About 0.05: a neighbour of it; 0.2: another one."""
    return hypot(LIGHT_COUNTS * (one[0] - other[0]), one[1] - other[1], one[2] - other[2])


def palettes_far(one: Sequence[Surface], other: Sequence[Surface]) -> float | None:
    """The mean way from every surface to the nearest of the other picture, by shares and in both directions.

    None where a picture has no surfaces.
    """
    if not one or not other:
        return None
    return (_way(one, other) + _way(other, one)) / 2


def _way(one: Sequence[Surface], other: Sequence[Surface]) -> float:
    whole = sum(surface.share for surface in one)
    return sum(surface.share * min(far(surface.lab, near.lab) for near in other) for surface in one) / max(
        whole, 1e-9
    )
