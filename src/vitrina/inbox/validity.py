"""Whether a draft still holds: one hash over all that it was made from. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class MadeFrom:
    """The material of a draft. What may change without another answer being due (a picture, a tag, one more answer in the
    library) isn't here.

    `last_message`: id of the buyer's last message in a chat. `card_version`: of the product, 0 without one. `shaping`: all of the
    seller's settings that shape an answer or are held against it, as one text; what only limits drafting is none of it. `withdrawals`:
    how often an earlier answer that a draft of this interaction was written after was withdrawn from the library.
    """

    text: str
    pros: str = ""
    cons: str = ""
    rating: int | None = None
    last_message: str = ""
    card_version: int = 0
    shaping: str = ""
    prompt_version: str = ""
    withdrawals: int = 0


def hash_of(material: MadeFrom) -> str:
    parts: Sequence[str] = (
        _plain(material.text),
        _plain(material.pros),
        _plain(material.cons),
        "" if material.rating is None else str(material.rating),
        material.last_message,
        str(material.card_version),
        material.shaping,
        material.prompt_version,
        str(material.withdrawals),
    )
    # Lengths keep the borders: «a» + «bc» isn't «ab» + «c».
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(text: str) -> str:
    """NFC, white space collapsed: how a marketplace writes the same words today and tomorrow."""
    return " ".join(unicodedata.normalize("NFC", text).split())
