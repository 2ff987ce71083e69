"""Which passages of a chapter get a picture. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WORTH_A_PICTURE = 70  # priority
MOST_IN_A_BATCH = 10
MOST_AT_ONCE = 3  # pictures of a chapter that are made at the same time


@dataclass(frozen=True, slots=True)
class Candidate:
    """`is_pictured`: a picture of it stands or is under way."""

    id: int
    priority: int
    begin: int
    is_pictured: bool = False


@dataclass(frozen=True, slots=True)
class Picked:
    """`ids`: best first. `beyond_quota`: how many more would have been taken."""

    ids: tuple[int, ...]
    beyond_quota: int

    @property
    def count(self) -> int:
        return len(self.ids)


def pick(
    candidates: Iterable[Candidate],
    *,
    left: int | None,
    most: int = MOST_IN_A_BATCH,
    least_priority: int = WORTH_A_PICTURE,
) -> Picked:
    """Those worth a picture that have none, best first, no more than `most` and than the plan has `left` (None: any)."""
    worth = sorted(
        (one for one in candidates if one.priority >= least_priority and not one.is_pictured),
        key=lambda one: (-one.priority, one.begin),
    )
    wanted: Sequence[Candidate] = worth[: min(most, MOST_IN_A_BATCH)]
    allowed = len(wanted) if left is None else max(0, min(left, len(wanted)))
    return Picked(tuple(one.id for one in wanted[:allowed]), len(wanted) - allowed)
