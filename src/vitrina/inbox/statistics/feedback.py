"""What an answer says about the draft that stood ready for it, and how soon it was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min

from vitrina.inbox.knowing import settings_of
from vitrina.inbox.models import Draft, Interaction
from vitrina.inbox.standing import holding
from vitrina.inbox.statistics.comparing import Comparison, compare


@dataclass(frozen=True)
class Feedback:
    """`offered`: the draft that stood ready, `made`: what became of it; both None where none did, or no answer was
    wanted: then nothing was proposed and nothing was due. `opened_at`: of the first visit, None where nobody told of one.
    """

    offered: Draft | None = None
    made: Comparison | None = None
    opened_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """As a reply keeps them."""
        return {
            "opened_at": self.opened_at,
            "due_at": self.due_at,
            "kept_share": round(self.made.kept, 3) if self.made else None,
            "words_changed": self.made.words_changed if self.made else None,
            "verdict": self.made.verdict.value if self.made else "",
        }


def feedback(interaction: Interaction, text: str, *, draft: Draft | None) -> Feedback:
    """Of a text that is about to be sent. `draft`: the one that its writer began with; None: they wrote past whichever
    held. At most five queries."""
    if not interaction.needs_response:
        return Feedback()
    offered = draft or holding(interaction, settings_of(interaction.seller_id))
    if offered is not None and offered.is_beginning:
        offered = None  # only ever the first words of an answer: whoever goes on from them edits nothing
    made = compare(offered.text, text) if offered is not None else None
    return Feedback(offered, made, _opened_at(interaction), interaction.due_at)


def _opened_at(interaction: Interaction) -> datetime | None:
    """An answer that came to nothing ended the visits before it."""
    visits = interaction.visits.filter(version=interaction.version)
    last = interaction.replies.order_by("-pk").values_list("queued_at", flat=True).first()
    if last is not None:
        visits = visits.filter(at__gt=last)
    first: datetime | None = visits.aggregate(first=Min("at"))["first"]
    return first
