"""What the last asking of a model about a chapter or a book came to, for their pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vitrina.jobs.models import Job
from vitrina.jobs.states import State

OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Ranking:
    """`source`: who ranked, empty where nobody did. `is_offline`: no model could be asked. `trouble`: why it failed."""

    source: str
    changed: int
    is_offline: bool
    trouble: str


@dataclass(frozen=True, slots=True)
class AskedLooks:
    """`asked`: names that were asked about; `written`: looks that came; `trouble`: of the last name that failed."""

    asked: int
    written: int
    failed: int
    is_offline: bool
    trouble: str


def ranking_of(job: Job | None) -> Ranking | None:
    """None while none has ended."""
    told = _told(job)
    if told is None:
        return None
    result, trouble = told
    source = str(result.get("source") or "")
    return Ranking(
        "" if source == OFFLINE else source, int(result.get("changed") or 0), source == OFFLINE, trouble
    )


def asked_looks_of(job: Job | None) -> AskedLooks | None:
    """None while none has ended."""
    told = _told(job)
    if told is None:
        return None
    result, trouble = told
    asked, offline = int(result.get("asked") or 0), int(result.get("offline") or 0)
    return AskedLooks(
        asked,
        int(result.get("written") or 0),
        int(result.get("failed") or 0),
        asked > 0 and offline == asked,
        trouble or str(result.get("trouble") or ""),
    )


def _told(job: Job | None) -> tuple[Mapping[str, Any], str] | None:
    """(Its result, why it failed)."""
    if job is None or job.state not in (State.DONE, State.DEAD):
        return None
    result = job.result if isinstance(job.result, dict) else {}
    return result, job.error if job.state == State.DEAD else ""
