"""Whether a text can be an answer at a marketplace, before anything is sent. Pure."""

from __future__ import annotations

from vitrina.channels.errors import Refused
from vitrina.channels.ports import Abilities


def check(marketplace: str, can: Abilities, text: str) -> None:
    """Raises Refused; its sentence repeats nothing of the text."""
    if not can.answer_least <= len(text) <= can.answer_most or not text.strip():
        raise Refused(
            f"{marketplace} takes answers of {can.answer_least} to {can.answer_most} characters here;"
            f" this one has {len(text)}."
        )
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Refused("The answer holds half a character, which can't be sent.")
