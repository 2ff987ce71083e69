"""Whether an answer that stands at a marketplace may be given another text. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vitrina.channels.ports import Abilities


class Why(StrEnum):
    """Why it may not."""

    NEVER = "never"  # the marketplace knows no such thing
    SPENT = "spent"  # as often as it takes it was done
    LATE = "late"  # its time is over
    SAYS_NO = "says_no"  # it says so of this answer and gives no reason
    MODERATION = "moderation"  # it is not decided yet whether it will stand


@dataclass(frozen=True)
class Editable:
    """`why` None: it may be edited. `left`: how often still, None as often as one likes; `until`: None: no end is known."""

    why: Why | None
    left: int | None = None
    until: datetime | None = None


def editable(
    limits: Abilities,
    *,
    edits: int,
    sent_at: datetime | None,
    says: bool | None,
    is_moderated: bool,
    now: datetime,
) -> Editable:
    """`edits`: how often it was edited from here. `sent_at`: when it was sent, None where nobody knows. `says`: what the
    marketplace says of this answer, None where it says nothing."""
    left = None if limits.edits is None else max(limits.edits - edits, 0)
    until = sent_at + limits.edits_within if sent_at and limits.edits_within else None
    why = None
    if limits.edits == 0:
        why = Why.NEVER
    elif left == 0:
        why = Why.SPENT
    elif until is not None and until <= now:
        why = Why.LATE
    elif says is False:
        why = Why.SAYS_NO
    elif is_moderated:
        why = Why.MODERATION
    return Editable(why, left, until)
