"""How a source stands, in words and a tone, for pages and programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from vitrina.catalog.feed_words import error_words
from vitrina.catalog.sources.models import Look, LookState, Source, SourceKind
from vitrina.catalog.sources.troubles import DOUBTS, NAMES, WHAT_TO_DO
from vitrina.jobs.models import Job

# Minutes between two looks that a person is offered; None: by hand.
PACES = (None, 15, 60, 360, 720, 1440, 10080)


@dataclass(frozen=True)
class Standing:
    """`state`: for programs, "new", "ok", "looking", "asks", "trouble" or "paused". `tone`: of the chip."""

    state: str
    tone: str
    words: str


def standing(source: Source, *, is_live: bool) -> Standing:
    if is_live:
        return Standing("looking", "running", _("looking"))
    if source.trouble_kind in DOUBTS:
        return Standing("asks", "moderation", _("asks a person"))
    if source.trouble_kind:
        return Standing("trouble", "failed", _("trouble"))
    if not source.is_on:
        return Standing("paused", "paused", _("paused"))
    if source.looked_at is None:
        return Standing("new", "pending", _("not looked at yet"))
    return Standing("ok", "done", _("in order"))


def pace_words(minutes: int | None) -> str:
    known = {
        None: _("by hand"),
        15: _("every 15 minutes"),
        60: _("every hour"),
        360: _("every 6 hours"),
        720: _("every 12 hours"),
        1440: _("every day"),
        10080: _("every week"),
    }
    return known.get(minutes) or _("every %(minutes)s minutes") % {"minutes": minutes}


def trouble_of(row: Source | Look) -> dict[str, str] | None:
    """{"kind", "name", "words", "what_to_do"}; None where there is none."""
    if not row.trouble_kind:
        return None
    words = row.trouble_words if row.trouble_values else error_words(row.trouble)
    return {
        "kind": row.trouble_kind,
        "name": str(NAMES.get(row.trouble_kind, "")),
        "words": words,
        "what_to_do": str(WHAT_TO_DO.get(row.trouble_kind, "")),
    }


def live_jobs(sources: list[Source]) -> dict[int, Job]:
    """{source id: its look's job}, of those that wait or run. One query."""
    by_job = {source.job_id: source.pk for source in sources if source.job_id}
    return {by_job[job.pk]: job for job in Job.objects.live().filter(pk__in=list(by_job))}


def figures(found: Look) -> list[tuple[Any, int, str]]:
    """(name, number, class of the figure)."""
    return [
        (
            _("Looked through"),
            max(found.read, found.created + found.updated + found.unchanged + found.broken),
            "",
        ),
        (_("New"), found.created, ""),
        (_("Changed"), found.updated, ""),
        (_("Unchanged"), found.unchanged, ""),
        (_("Broken"), found.broken, "bad" if found.broken else ""),
    ]


def pages_of(source: Source) -> dict[str, int] | None:
    """Pages that the site map names, and how many of them were never asked for; None where there is no map."""
    if source.kind != SourceKind.SITE:
        return None
    listed = source.pages.filter(is_listed=True)
    return {"listed": listed.count(), "unseen": listed.filter(asked_at=None).count()}


def is_left(found: Look, job: Job | None) -> bool:
    """Nobody is at a look that has not ended: the next one goes on with it."""
    return found.state == LookState.RUNNING and job is None
