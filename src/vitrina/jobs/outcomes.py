"""What a handler returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Done:
    """The work is finished. `result`: small JSON kept in the row."""

    result: dict[str, Any] | None = None


@dataclass(frozen=True)
class Retry:
    """It failed in a way that may pass. Uses up one try; the kind's rule says how many there are."""

    reason: str
    after_seconds: float | None = None  # None: the rule's own delay; given: at least so long


@dataclass(frozen=True)
class Snooze:
    """Not now, and nobody's fault: comes back later with its tries untouched."""

    until: datetime | None = None
    seconds: float | None = None  # both None: 10 s


@dataclass(frozen=True)
class Cancel:
    """Not needed any more."""

    reason: str = ""


@dataclass(frozen=True)
class Fail:
    """It can't succeed however often it is tried: straight to the dead list."""

    reason: str


@dataclass(frozen=True)
class Check:
    """A person decides."""

    reason: str


Outcome = Done | Retry | Snooze | Cancel | Fail | Check
