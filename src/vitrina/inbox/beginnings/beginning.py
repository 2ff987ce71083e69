"""The opening words of an answer that a person must write. Pure, and the same for the same interaction."""

from __future__ import annotations

from collections.abc import Iterable

from vitrina.inbox.beginnings.wordings import ENGLISH, RUSSIAN
from vitrina.inbox.generators.reply.offline import fitted, greeting, one_of
from vitrina.inbox.generators.reply.schema import ReplyInput
from vitrina.inbox.generators.reply.wordings import ENGLISH as ENGLISH_ANSWERS
from vitrina.inbox.generators.reply.wordings import RUSSIAN as RUSSIAN_ANSWERS
from vitrina.inbox.hearing.escalation import Escalation

# The gravest first: the opening speaks of that one.
GRAVITY = (
    Escalation.CHILD_SAFETY, Escalation.HEALTH, Escalation.HAZARD, Escalation.THREAT, Escalation.LEGAL, Escalation.COUNTERFEIT,
    Escalation.PERSONAL_DATA,
)  # fmt: skip


def beginning(given: ReplyInput, escalations: Iterable[str]) -> str:
    """Without a signature, for a person goes on where it ends. `escalations`: values of Escalation, at least one."""
    is_russian = given.language == "ru"
    openings = RUSSIAN if is_russian else ENGLISH
    manner = given.tone.manner
    known = set(escalations)
    gravest = next((one for one in GRAVITY if one.value in known), Escalation.LEGAL)
    blocks = [
        greeting(given, RUSSIAN_ANSWERS if is_russian else ENGLISH_ANSWERS),
        one_of(openings.thanks[manner], given, "thanks"),
        one_of(openings.matters[gravest], given, "matter"),
        one_of(openings.readers[manner], given, "reader"),
    ]
    return fitted(blocks, "", given.longest)


def adds_nothing(text: str, begun: str) -> bool:
    """Whether a text is the beginning as it was, or a piece of it."""
    return " ".join(text.split()) in " ".join(begun.split())
