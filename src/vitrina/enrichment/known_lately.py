"""Yes or no questions that every run asks and whose answer hardly ever changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from django.conf import settings

_answers: dict[Hashable, tuple[float, bool]] = {}


def known_lately(question: Hashable, ask: Callable[[], bool]) -> bool:
    """The answer, at most as old as the vectors may be (`VECTOR_FRESHNESS`); asked anew after that."""
    now = time.monotonic()
    known = _answers.get(question)
    if known is not None and now - known[0] < settings.VECTOR_FRESHNESS.total_seconds():
        return known[1]
    answer = ask()
    _answers[question] = (now, answer)
    return answer
