"""A draft that a person asks for: made by a job, told as it is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from vitrina.inbox.models import Interaction
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Job
from vitrina.jobs.states import HOLDS_KEY, Priority

DRAFT = "inbox.draft"
PAUSE_SECONDS = 0.25  # followers are told at most four times a second
MOST_REMARK = 500  # characters


class NotDrafted(Exception):
    """Why no draft is made, in words for whoever asked."""


def enqueue_draft(
    interaction: Interaction,
    *,
    force: bool = False,
    remark: str = "",
    manner: str = "",
    by_id: int | None = None,
) -> Job:
    """In the caller's transaction. Asked for from two tabs it is made once. `manner`: for this one alone; empty: as it is.
    Raises NotDrafted, QueueFull."""
    if interaction.escalations and (force or remark or manner):
        raise NotDrafted(
            _("This one is for a person: besides the beginning that stands there nothing is written for it.")
        )
    if len(remark) > MOST_REMARK:
        raise NotDrafted(
            _("The remark has %(length)d characters, the limit is %(most)d. No draft was asked for.")
            % {"length": len(remark), "most": MOST_REMARK}
        )
    return enqueue(
        DRAFT,
        {"interaction": interaction.pk, "force": force, "remark": remark}
        | ({"manner": manner} if manner else {}),
        key=_key(interaction),
        seller_id=interaction.seller_id,
        priority=Priority.OPERATOR,
        created_by_id=by_id,
    )


def job_of(interaction: Interaction, asked: int | None = None) -> Job | None:
    """The one that was `asked` for, however it ended, or else the one that writes now."""
    jobs = Job.objects.filter(seller_id=interaction.seller_id, kind=DRAFT, key=_key(interaction))
    if asked is not None:
        return jobs.filter(pk=asked).first()
    return jobs.filter(state__in=HOLDS_KEY).order_by("-pk").first()


def reading_along(tell: Callable[[str], None]) -> Callable[[Mapping[str, Any]], None]:
    """Hands the growing answer on, as often as people can read it."""
    told_at = float("-inf")

    def hear(answer: Mapping[str, Any]) -> None:
        nonlocal told_at
        now, text = time.monotonic(), answer.get("text")
        if isinstance(text, str) and text and now - told_at >= PAUSE_SECONDS:
            told_at = now
            tell(text)

    return hear


def _key(interaction: Interaction) -> str:
    return f"inbox.draft:{interaction.pk}"
