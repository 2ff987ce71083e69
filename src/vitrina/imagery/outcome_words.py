"""What became of calls to picture services, and what the quality check found, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from vitrina.imagery.models import GeneratedImage, ImageAttempt
from vitrina.imagery.ports import Outcome
from vitrina.imagery.service_words import service_title
from vitrina.imagery.showing import said

OK = "ok"
_OUTCOMES: dict[str, tuple[str, Any]] = {
    "": ("run", _("under way")),
    OK: ("ok", _("a picture came")),
    Outcome.RETRY_SAME: ("wait", _("no answer; asked again")),
    Outcome.RETRY_AFTER: ("wait", _("a limit; waited")),
    Outcome.RETRY_NEW_SEED: ("wait", _("no picture; asked with another seed")),
    Outcome.FALLBACK: ("bad", _("out of use; the next service")),
    Outcome.REFUSE: ("bad", _("refused the request")),
    Outcome.BAD_REQUEST: ("bad", _("did not understand the request")),
}


@dataclass(frozen=True)
class Try:
    """`words`: why no picture came, in the reader's language where the sentence is ours."""

    attempt: ImageAttempt
    service: str
    tone: str
    outcome: str
    words: str


@dataclass(frozen=True)
class Issue:
    """`points`: taken from the score, None where nothing was."""

    words: str
    points: int | None


def tries_of(image: GeneratedImage) -> list[Try]:
    """In their order. One query."""
    return [_told(attempt) for attempt in image.attempts.order_by("pk")]


def _told(attempt: ImageAttempt) -> Try:
    tone, name = _OUTCOMES.get(attempt.outcome, ("idle", attempt.outcome))
    return Try(attempt, service_title(attempt.service), tone, str(name), said(attempt.words, attempt.values))


def issues_of(rows: Iterable[Any]) -> list[Issue]:
    """{"code", "points", "sentence", "values"}, as the check wrote them."""
    return [
        Issue(
            said(str(row.get("sentence") or row.get("code", "")), row.get("values")),
            abs(row["points"]) if isinstance(row.get("points"), int) else None,
        )
        for row in rows
        if isinstance(row, dict)
    ]
