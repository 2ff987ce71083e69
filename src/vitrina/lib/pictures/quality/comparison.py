"""Whether a new picture shows the product of the reference photo, and what changed, by what was measured of both. Pure.

Three signs: the colour of its largest surface, all its colours, and its outline where both pictures have a background it stands out
from. A lifestyle scene has no outline, so there colours alone tell, and the answer is less sure. What is printed on a product, its
seams and its fittings are not compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp
from typing import Any

from vitrina.lib.pictures.looks import overlap
from vitrina.lib.pictures.quality.surfaces import Surface, body, far, palettes_far, surfaces
from vitrina.lib.sentences import gettext_noop

# The middle between the same product and another one, on the tuning half of the drawn pairs (docs/pictures.md).
BODY_LIMIT = 0.085
PALETTE_LIMIT = 0.075
OUTLINE_LIMIT = 0.17  # 1 − overlap
ASPECT_LIMIT = 0.17  # of the larger of both
STEEP = 5.0
MOST_WITHOUT_OUTLINE = 0.8  # of the likelihood: colours alone can't tell a cup from a shoe

OTHER_COLOR = gettext_noop("The product is %(found)s; on the reference photo it is %(wanted)s.")
OTHER_COLORS = gettext_noop("The product has other colours than on the reference photo.")
OTHER_OUTLINE = gettext_noop("The product has another shape than on the reference photo.")
SHAPE_UNKNOWN = gettext_noop(
    "The shape could not be compared: the product does not stand out from the background on both pictures."
)


@dataclass(frozen=True, slots=True)
class Change:
    """`times`: of the limit, above 1 for what changed."""

    code: str
    times: float
    sentence: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """`likelihood`: 0 … 1 that it is the same product, None where nothing could be compared.

    `is_shape_known`: whether the outlines were compared. `signs`: every measure as times of its limit.
    """

    likelihood: float | None
    changes: tuple[Change, ...]
    is_shape_known: bool
    signs: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_same(self) -> bool | None:
        return None if self.likelihood is None else self.likelihood >= 0.5


def compare(reference: Mapping[str, Any], picture: Mapping[str, Any]) -> Compared:
    """Both as `measuring.measure` gave them; the outline needs version 2. Never raises for an older one."""
    signs: dict[str, float] = {}
    here, there = surfaces(picture), surfaces(reference)
    found, wanted = body(here), body(there)
    if found is not None and wanted is not None:
        signs["body"] = _body_far(wanted, here) / BODY_LIMIT
    colors = palettes_far(there, here)
    if colors is not None:
        signs["palette"] = colors / PALETTE_LIMIT
    outline = _outline_far(reference.get("subject"), picture.get("subject"))
    if outline is not None:
        signs["outline"] = outline
    if not signs:
        return Compared(None, (), False)
    likelihood = 1 / (1 + exp(min(60.0, STEEP * (max(signs.values()) - 1))))
    if outline is None:
        likelihood = min(likelihood, MOST_WITHOUT_OUTLINE)
    return Compared(
        likelihood=round(likelihood, 3),
        changes=_changes(signs, found, wanted),
        is_shape_known=outline is not None,
        signs={name: round(value, 3) for name, value in signs.items()},
    )


def _body_far(wanted: Surface, here: list[Surface]) -> float:
    """To the nearest large surface: the light of another scene may make another one the largest."""
    large = [surface for surface in here if surface.share >= wanted.share / 3] or here[:1]
    return min(far(wanted.lab, surface.lab) for surface in large)


def _outline_far(reference: Any, picture: Any) -> float | None:
    """Times of the limit; None where an outline is missing or the frame cuts it."""
    one, other = _whole(reference), _whole(picture)
    if one is None or other is None:
        return None
    wide, slim = max(one[1], other[1]), min(one[1], other[1])
    return max((1 - overlap(one[0], other[0])) / OUTLINE_LIMIT, (1 - slim / wide) / ASPECT_LIMIT)


def _whole(subject: Any) -> tuple[str, float] | None:
    if not isinstance(subject, Mapping) or subject.get("touches") or "outline" not in subject:
        return None
    return str(subject["outline"]), float(subject["aspect"])


def _changes(signs: Mapping[str, float], found: Surface | None, wanted: Surface | None) -> tuple[Change, ...]:
    told = []
    if signs.get("body", 0) > 1 and found is not None and wanted is not None:
        values = {"found": found.hex, "wanted": wanted.hex}
        told.append(Change("color", signs["body"], OTHER_COLOR, values))
    elif signs.get("palette", 0) > 1:
        told.append(Change("colors", signs["palette"], OTHER_COLORS))
    if signs.get("outline", 0) > 1:
        told.append(Change("outline", signs["outline"], OTHER_OUTLINE))
    return tuple(told)
