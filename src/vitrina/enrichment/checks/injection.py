"""Sentences meant for a model. Such a sentence is data like any other; here it is found, so that it goes no further."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from vitrina.enrichment.data import load


@cache
def _patterns() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """(cues, pattern): a pattern costs a hundred times what a look for its cues does."""
    return tuple(
        (tuple(row["cues"]), re.compile(row["pattern"], re.IGNORECASE | re.MULTILINE))
        for row in load("injections.json")["patterns"]
    )


@lru_cache(maxsize=1_024)
def find_injections(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of what speaks to a model, in order; those that overlap are one. Remembered: a listing is asked about often."""
    # casefold and not lower: the patterns take the long s of «diſregard» for an s.
    folded = text.casefold()
    found = sorted(
        match.span()
        for cues, pattern in _patterns()
        if has_cue(cues, folded)
        for match in pattern.finditer(text)
    )
    spans: list[tuple[int, int]] = []
    for start, end in found:
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return tuple(spans)


def has_cue(cues: tuple[str, ...], folded: str) -> bool:
    # A plain loop: asked hundreds of times for each card, a generator would be half of the cost.
    for cue in cues:  # noqa: SIM110
        if cue in folded:
            return True
    return False


def speaks_to_a_model(text: str) -> bool:
    return bool(find_injections(text))
