"""The text of a card as far as it is written, for those who read along."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from vitrina.lib.html import to_text

LONGEST = 8_000  # characters; a card that is longer is read whole when it is done
PAUSE_SECONDS = 0.25  # followers are told at most four times a second


def as_written(answer: Mapping[str, Any]) -> str:
    """Plain text of an answer that may still grow: its title, its description, its benefits."""
    benefits = answer.get("key_benefits")
    parts = [
        _text(answer.get("title")),
        to_text(_text(answer.get("description"))),
        "\n".join(f"• {line}" for line in map(_text, benefits) if line) if isinstance(benefits, list) else "",
    ]
    return "\n\n".join(part for part in parts if part)[:LONGEST]


def reading_along(tell: Callable[[str], None]) -> Callable[[Mapping[str, Any]], None]:
    """Hands the growing text on, as often as people can read it: a model writes fifty pieces in a second."""
    told_at = float("-inf")

    def hear(answer: Mapping[str, Any]) -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= PAUSE_SECONDS:
            told_at = now
            tell(as_written(answer))

    return hear


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
