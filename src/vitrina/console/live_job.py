"""A job at work as pages and streams tell it: the step in words, how far, how long still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from vitrina.console.templatetags.studio import duration, number
from vitrina.enrichment.step_names import STEP_NAMES, step_name
from vitrina.jobs.models import Job

# Steps of jobs that are no runs.
WORK_NAMES = {
    "fetch": _l("Fetching the feed"),
    "open": _l("Opening the feed"),
    "rows": _l("Reading"),
    "look": _l("Looking at the source"),
    "trial": _l("Trying it out"),
    "cards": _l("Writing"),
    "tree": _l("Bringing the tree in"),
    "draft": _l("AI is preparing a recommendation …"),
    "pictures": _l("Fetching pictures"),
    "cards_check": _l("Checking the cards"),
    "places": _l("Looking for places"),
    "draw": _l("Being drawn by"),
    "judge": _l("Looking at what came"),
    "store": _l("Keeping it"),
    "book_read": _l("Reading the book"),
    "book_search": _l("Looking for passages"),
    "book_describe": _l("Putting passages into English"),
    "book_rank": _l("A model looks at the passages"),
    "book_looks": _l("Asking how people and places look"),
}


@dataclass(frozen=True)
class LiveJob:
    id: int
    state: str
    step: str
    step_name: str
    steps: list[tuple[str, str, str]]  # code, name, "done" | "now" | "next"
    done: int | None
    total: int | None
    rate: str
    left: str
    text: str
    error: str
    attempt: int


def live_job(job: Job | None) -> LiveJob | None:
    if job is None:
        return None
    said = told(job.progress or {})
    order = list(STEP_NAMES)
    at = order.index(said["step"]) if said["step"] in order else -1
    states = ["done" if number < at else "now" if number == at else "next" for number in range(len(order))]
    return LiveJob(
        id=job.pk,
        state=job.state,
        steps=[(name, step_name(name), state) for name, state in zip(order, states, strict=True)],
        error=job.error,
        attempt=job.attempt,
        **said,
    )


def told(progress: dict[str, Any]) -> dict[str, Any]:
    """What a progress record says, in the reader's language."""
    step = str(progress.get("step") or "")
    return {
        "step": step,
        "step_name": str(WORK_NAMES.get(step) or step_name(step)) if step else _("Waiting for a free worker"),
        "done": progress.get("done"),
        "total": progress.get("total"),
        "rate": rate(progress.get("rate")),
        "left": left(progress.get("seconds_left")),
        "text": progress.get("text") or "",
    }


def rate(per_second: float | None) -> str:
    return _("%(number)s per s") % {"number": number(per_second)} if per_second else ""


def left(seconds: float | None) -> str:
    return (
        _("about %(time)s left") % {"time": duration(max(1, round(seconds)))} if seconds is not None else ""
    )
