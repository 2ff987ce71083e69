"""Sentences meant for a model. Such a sentence is data like any other; here it is found, so that it goes no further."""

from __future__ import annotations

import re
from functools import cache

from vitrina.enrichment.data import load


@cache
def _patterns() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """(cues, pattern): a pattern costs a hundred times what a look for its cues does."""
    return tuple(
        (tuple(row["cues"]), re.compile(row["pattern"], re.IGNORECASE | re.MULTILINE))
        for row in load("injections.json")["patterns"]
    )


def find_injections(text: str) -> list[tuple[int, int]]:
    """Spans of what speaks to a model, in order; those that overlap are one."""
    # casefold and not lower: the patterns take the long s of «diſregard» for an s.
    folded = text.casefold()
    found = sorted(
        match.span()
        for cues, pattern in _patterns()
        if any(cue in folded for cue in cues)
        for match in pattern.finditer(text)
    )
    spans: list[tuple[int, int]] = []
    for start, end in found:
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


def speaks_to_a_model(text: str) -> bool:
    return bool(find_injections(text))
