"""Whether the subject has the colour that was asked for. Pure.

Light changes how light a surface looks and leaves its hue; so colours with a hue are compared by it, and white, silver, grey and
black by how light they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import atan2, degrees, hypot
from typing import Any

from vitrina.lib.pictures.colors import Lab, from_hex, to_oklab

LEAST_SHARE = 0.1  # of the subject: a body between windows, wheels and reflections
COLORFUL = 0.045  # OKLab chroma from which a colour has a hue that can be told
NEARLY_GREY = 0.05
HUES_APART = 32.0  # degrees
LIGHTNESS_APART = 0.3  # OKLab, of what has no hue
FULL = 100.0


def apart(asked: str, colors: Sequence[Mapping[str, Any]]) -> tuple[float, str] | None:
    """How far the nearest large colour is from the one asked for, 1 being the limit, and the largest colour.

    `asked`: "#rrggbb". `colors`: as `measured["colors"]`. None where no colour was measured.
    """
    wanted = to_oklab(*from_hex(asked))
    large = [color for color in colors if color["share"] >= LEAST_SHARE]
    if not large:
        return None
    nearest = min(_apart(wanted, to_oklab(*from_hex(color["hex"]))) for color in large)
    return nearest, str(max(large, key=lambda color: float(color["share"]))["hex"])


def is_colorful(color: str) -> bool:
    """Whether "#rrggbb" has a hue that can be told."""
    return hypot(*to_oklab(*from_hex(color))[1:]) >= COLORFUL


def _apart(wanted: Lab, found: Lab) -> float:
    chroma, other_chroma = hypot(*wanted[1:]), hypot(*found[1:])
    lightness = abs(wanted[0] - found[0]) / LIGHTNESS_APART
    if chroma < COLORFUL:
        return max(lightness, other_chroma / NEARLY_GREY)
    if other_chroma < COLORFUL:
        return FULL
    turn = abs(degrees(atan2(wanted[2], wanted[1])) - degrees(atan2(found[2], found[1])))
    # A dark green and a light one share a hue and are two colours to whoever ordered one of them.
    return max(min(turn, 360 - turn) / HUES_APART, lightness / 1.5)
