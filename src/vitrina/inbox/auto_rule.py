"""What a seller's rule may answer without a person, and why it leaves the rest alone. Pure.

Only praise: reviews of four and five stars that nobody holds, whose draft was made ahead and is faultless. A rating alone is
thanked by the offline writer; words are answered only by a model's draft, where the rules and the model hear nothing but thanks.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from vitrina.channels.ports import Kind
from vitrina.inbox.hearing.intent import Intent, Sentiment, understand
from vitrina.inbox.priority import Priority

LEAST_STARS = 4  # whatever a rule says: what is worse is for people


class Held(StrEnum):
    """Why a rule leaves something to a person."""

    CHANNEL = "channel"  # no review, or a marketplace that the rule doesn't name
    STARS = "stars"
    WORDS = "words"  # it has words, and the rule is for ratings alone
    NOT_THANKS = "not_thanks"  # something else than thanks is heard in the words
    PICTURES = "pictures"
    PRESSING = "pressing"  # urgent, high, or for a person to write
    PERSON = "person"  # somebody has it, has it open, noted something, or asked for the draft
    ANSWERED = "answered"  # an answer stands there, or one of ours was tried
    NO_DRAFT = "no_draft"  # none that holds
    TOO_SOON = "too_soon"
    FINDINGS = "findings"  # the guardrails say something
    LIMIT = "limit"  # of the day


@dataclass(frozen=True)
class Rule:
    """`platforms`: by name. `wait`: how long a person may come first."""

    platforms: Collection[str]
    from_stars: int
    with_text: bool
    wait: timedelta


@dataclass(frozen=True)
class Ready:
    """The draft that holds."""

    is_offline: bool
    was_ahead: bool
    intent: str
    sentiment: str
    made_at: datetime


@dataclass(frozen=True)
class Candidate:
    kind: Kind
    platform: str
    rating: int | None
    text: str
    pros: str
    cons: str
    has_pictures: bool
    priority: Priority
    is_escalated: bool
    is_with_person: bool
    is_answered: bool
    received_at: datetime
    draft: Ready | None


def why_not(rule: Rule, one: Candidate, now: datetime) -> Held | None:
    """None: the rule may send its draft, as far as this goes: the guardrails and the day's limit come after it."""
    if one.kind is not Kind.REVIEW or one.platform not in rule.platforms:
        return Held.CHANNEL
    if one.rating is None or one.rating < max(rule.from_stars, LEAST_STARS):
        return Held.STARS
    if one.is_escalated or one.priority <= Priority.HIGH:
        return Held.PRESSING
    if one.is_with_person:
        return Held.PERSON
    if one.is_answered:
        return Held.ANSWERED
    if one.has_pictures:
        return Held.PICTURES
    has_words = bool(one.text.strip() or one.pros.strip() or one.cons.strip())
    if has_words and not rule.with_text:
        return Held.WORDS
    if one.draft is None:
        return Held.NO_DRAFT
    if not one.draft.was_ahead:
        return Held.PERSON
    if has_words and not _is_thanks(one, one.draft):
        return Held.NOT_THANKS
    # Of an edited review the draft is younger than the row.
    if now < max(one.received_at, one.draft.made_at) + rule.wait:
        return Held.TOO_SOON
    return None


def _is_thanks(one: Candidate, draft: Ready) -> bool:
    """Both hear it, the rules and the model that wrote the draft; and the buyer dislikes nothing and asks nothing."""
    heard = understand(one.kind, one.text, rating=one.rating, pros=one.pros, cons=one.cons)
    return (
        not draft.is_offline
        and not one.cons.strip()
        and "?" not in one.text + one.pros
        and draft.intent == heard.intent == Intent.THANKS
        and draft.sentiment == heard.sentiment == Sentiment.POSITIVE
        and not heard.needs_attention
    )
