"""Which services may draw a picture, and in which order they are asked. Pure.

Whoever may not is left out with the reason; of the rest the one that was asked for comes first, then those that can do
all that is wished, then the healthy ones, then in the installation's order; the offline one is always last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from vitrina.imagery.plan import PlanOfPictures
from vitrina.imagery.scene import Recipe

LEAST_ATTEMPTS = 5  # with fewer nobody knows how a service does
UNRELIABLE = 0.5  # share of its last attempts that gave a picture


class WhyNot(StrEnum):
    """Why a service is not asked."""

    UNUSABLE = "unusable"  # no key, no address, switched off, or nothing speaks to it
    PLAN = "plan"
    MARKS = "marks"  # its mark stands on every picture
    REFERENCE = "reference"  # the product itself must not change, and it can't be shown to this one


@dataclass(frozen=True)
class Candidate:
    """`place`: in the installation's order. `is_resting`: its breaker is open. `success`: share of its last `attempts`."""

    service: str
    place: int
    is_usable: bool
    marks_pictures: bool
    most_references: int
    is_offline: bool = False
    is_resting: bool = False
    success: float | None = None
    attempts: int = 0

    @property
    def is_unreliable(self) -> bool:
        return self.attempts >= LEAST_ATTEMPTS and self.success is not None and self.success < UNRELIABLE


@dataclass(frozen=True)
class Wanted:
    """`service`: the person's own choice, empty for none. `references`: how many pictures are to be given along."""

    recipe: Recipe
    references: int = 0
    service: str = ""


@dataclass(frozen=True)
class Chosen:
    services: tuple[str, ...]
    left_out: Mapping[str, WhyNot]


def chosen(candidates: Sequence[Candidate], wanted: Wanted, plan: PlanOfPictures) -> Chosen:
    left_out = {
        one.service: reason for one in candidates if (reason := _why_not(one, wanted, plan)) is not None
    }
    rest = [one for one in candidates if one.service not in left_out]
    rest.sort(
        key=lambda one: (
            one.service != wanted.service,
            one.is_offline,
            one.most_references < min(1, wanted.references),
            one.is_resting,
            one.is_unreliable,
            one.place,
        )
    )
    return Chosen(tuple(one.service for one in rest), left_out)


def _why_not(one: Candidate, wanted: Wanted, plan: PlanOfPictures) -> WhyNot | None:
    if not one.is_usable:
        return WhyNot.UNUSABLE
    if one.is_offline:
        return None  # its pictures are plainly placeholders, and nobody pays for them
    if plan.services is not None and one.service not in plan.services:
        return WhyNot.PLAN
    if wanted.recipe == Recipe.PRODUCT_SHOT:
        if one.marks_pictures:
            return WhyNot.MARKS
        if wanted.references and not one.most_references:
            return WhyNot.REFERENCE
    return None
