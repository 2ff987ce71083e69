"""In which language a buyer is answered: in their own, told by their words. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from vitrina.lib.text import language_of, words

LEAST_WORDS = 3  # «XL», «super», the name of a brand: Latin letters that make nobody English


def language_heard(said: Iterable[str], *, otherwise: str) -> str:
    """ "ru" or "en". `said`: what the buyer wrote, the newest first; the first one that tells decides, then all of it
    together, then `otherwise`."""
    texts = [text for text in said if text.strip()]
    for text in (*texts, " ".join(texts)):
        found = language_of(text)
        if found == "ru" or (found and len(words(text)) >= LEAST_WORDS):
            return found
    return otherwise if otherwise in ("ru", "en") else "ru"
