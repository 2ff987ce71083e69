"""A chapter's text cut where its passages begin and end, paragraph by paragraph. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `begin` to `end` of the text belong to the passage `id`."""

    begin: int
    end: int
    id: int


@dataclass(frozen=True, slots=True)
class Segment:
    """`id`: of its passage, None for the text between. `is_first`: where the passage begins."""

    text: str
    id: int | None = None
    is_first: bool = False


def paragraphs(text: str, spans: Sequence[Span]) -> list[list[Segment]]:
    """Every character of the text but its line breaks, once. Where spans overlap the one that begins first goes on."""
    apart = _apart(spans, len(text))
    cut: list[list[Segment]] = []
    place = at = 0
    for line in text.split("\n"):
        end, segments = place + len(line), []
        while place < end:
            while at < len(apart) and apart[at].end <= place:
                at += 1
            span = apart[at] if at < len(apart) else None
            if span is None or span.begin >= end:
                segments.append(Segment(text[place:end]))
                place = end
            elif span.begin > place:
                segments.append(Segment(text[place : span.begin]))
                place = span.begin
            else:
                stop = min(span.end, end)
                segments.append(Segment(text[place:stop], span.id, is_first=place == span.begin))
                place = stop
        cut.append(segments)
        place = end + 1
    return cut


def _apart(spans: Sequence[Span], length: int) -> list[Span]:
    """In order, none over another, none outside of the text."""
    apart: list[Span] = []
    border = 0
    for span in sorted(spans, key=lambda one: (one.begin, one.end)):
        begin, end = max(span.begin, border), min(span.end, length)
        if begin < end:
            apart.append(Span(begin, end, span.id))
            border = end
    return apart
