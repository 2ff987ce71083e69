"""What was asked of a picture, and what became of the question. Pure.

A picture begins with 100 points; every issue takes some. One that `spoils` shows nothing that anybody ordered (black, noise, a
refusal drawn as a picture): whatever points are left, it is poor, so that another try is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from vitrina.lib.pictures.prepared import Prepared

EXCELLENT, GOOD, ACCEPTABLE, POOR = "excellent", "good", "acceptable", "poor"
LEVELS = ((90, EXCELLENT), (70, GOOD), (50, ACCEPTABLE), (0, POOR))  # from this score on
BEST_SPOILED = 49


@dataclass(frozen=True, slots=True)
class Expected:
    """What was ordered. `width` × `height`: pixels, 0 where any size does. `color`: "#rrggbb" that the subject shall have, empty
    where none is asked for. `may_have_words`: lettering is no issue (a book's cover)."""

    width: int = 0
    height: int = 0
    color: str = ""
    may_have_words: bool = False


class IssueDict(TypedDict):
    """An issue as rows keep it."""

    code: str
    points: int
    spoils: bool
    sentence: str
    values: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Issue:
    """`code`: of `issues.py`. `points`: what it takes, 0 … 100. `sentence`: for translators, its `values` apart."""

    code: str
    points: int
    sentence: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    spoils: bool = False

    def __str__(self) -> str:
        return self.sentence % self.values if self.values else self.sentence

    def kept(self) -> IssueDict:
        return {
            "code": self.code,
            "points": self.points,
            "spoils": self.spoils,
            "sentence": self.sentence,
            "values": dict(self.values),
        }


def restored(kept: IssueDict) -> Issue:
    return Issue(kept["code"], kept["points"], kept["sentence"], kept["values"], kept["spoils"])


@dataclass(frozen=True, slots=True)
class Judged:
    """`score`: 0–100. `level`: of LEVELS. `prepared`: None where the bytes are no picture that can be opened.

    `seen`: what every detector measured, by its name; None where there was nothing to measure.
    """

    score: int
    level: str
    issues: tuple[Issue, ...]
    prepared: Prepared | None
    seen: Mapping[str, float | None] = field(default_factory=dict)


def judged(
    issues: Sequence[Issue], prepared: Prepared | None, seen: Mapping[str, float | None] | None = None
) -> Judged:
    """The issues added up."""
    score = score_of(issues)
    return Judged(score, level_of(score), tuple(issues), prepared, seen or {})


def score_of(issues: Sequence[Issue]) -> int:
    left = max(0, 100 - sum(issue.points for issue in issues))
    return min(left, BEST_SPOILED) if any(issue.spoils for issue in issues) else left


def level_of(score: int) -> str:
    return next(level for least, level in LEVELS if score >= least)
