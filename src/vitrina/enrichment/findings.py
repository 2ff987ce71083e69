"""A finding: one thing that a check says about a text, with where it stands and how grave it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    HIGH = "high"  # sends the run to moderation


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a text: characters `start` to `end` (exclusive) of the plain text of `field`."""

    field: str  # "title", "description", "seo_title" …
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable and translated by pages; `detail` holds the numbers and words that the sentence needs."""

    code: str  # "unsupported.number", "length.title", "banned_word", "marketplace.emoji" …
    severity: Severity
    detail: dict[str, str | int | float | list[str]]
    span: Span | None = None
    rule: str = ""  # id of the rule data that it came from
    repairable: bool = True  # worth sending back to the model once
