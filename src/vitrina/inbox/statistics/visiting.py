"""A person opens an interaction that wants an answer: whether a draft stood ready, and how soon it was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from vitrina.accounts.models import User
from vitrina.inbox.knowing import settings_of
from vitrina.inbox.models import Interaction
from vitrina.inbox.standing import holding
from vitrina.inbox.statistics import tallying
from vitrina.inbox.statistics.models import Visit
from vitrina.lib.transactions import short_transaction

LONGEST_MS = 600_000  # after ten minutes nobody waits in front of the page


@dataclass(frozen=True)
class Told:
    """What a page tells of itself. `draft`: id of the one that it shows; `shown_ms`: from the click until it was seen, None:
    not measured. `is_late`: the draft came while the page stood open."""

    version: int
    draft: int | None
    shown_ms: int | None
    is_late: bool

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Told | None:
        """None for what no page of ours tells."""
        numbers: dict[str, int | None] = {}
        for name in ("version", "draft", "shown_ms"):
            text = given.get(name, "")
            if text and not (text.isascii() and text.isdigit() and len(text) < 19):
                return None
            numbers[name] = int(text) if text else None
        version, draft, shown_ms = numbers["version"], numbers["draft"], numbers["shown_ms"]
        if version is None or (shown_ms is not None and (draft is None or shown_ms > LONGEST_MS)):
            return None
        return cls(version, draft, shown_ms, given.get("late") == "1")


def visit(interaction: Interaction, told: Told, *, by: User) -> None:
    """Kept once for each person and what the buyer now says. Nothing of it is believed that can be looked up: a draft is
    ready where the one that the page shows is the one that holds."""
    if not interaction.needs_response or told.version != interaction.version:
        return
    now, by_whom = timezone.now(), {"interaction": interaction, "version": told.version, "by": by}
    standing = holding(interaction, settings_of(interaction.seller_id))
    is_shown = standing is not None and standing.pk == told.draft
    with short_transaction():
        if not told.is_late:
            made, is_first = Visit.objects.get_or_create(
                **by_whom,
                defaults={
                    "seller_id": interaction.seller_id,
                    "priority": interaction.priority,
                    "was_ready": None if interaction.escalations else is_shown,
                    "shown_ms": told.shown_ms if is_shown else None,
                    "at": now,
                },
            )
            if is_first:
                tallying.visited(made, interaction)
        elif is_shown and told.shown_ms is not None:
            waiting = Visit.objects.filter(**by_whom, was_ready=False, shown_ms=None)
            if waiting.update(shown_ms=told.shown_ms):
                tallying.awaited(interaction.seller_id, now, told.shown_ms)
