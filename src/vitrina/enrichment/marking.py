"""Findings, changes and evidence shown where they stand in a text, as safe HTML."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from vitrina.enrichment.reasons import sentence
from vitrina.lib.html import sanitise, to_text

_TAG = re.compile(r"(<[^>]+>)")
_WEIGHT = {"info": 0, "warning": 1, "high": 2}


@dataclass(frozen=True)
class Mark:
    """Characters `start` to `end` (exclusive) of the plain text, how grave, and why."""

    start: int
    end: int
    severity: str
    words: str


@dataclass(frozen=True)
class Change:
    """Words that another text has not: "gone" from this one in the newer, or "new" in it."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Source:
    """Words that the value number `row` of a table was read from."""

    start: int
    end: int
    row: int


Marks = Sequence[Mark | Change | Source]


def marks_of(findings: Iterable[dict[str, Any]], field: str) -> list[Mark]:
    """The marks of one field from stored findings, in the reader's language."""
    return [
        Mark(
            found["span"]["start"],
            found["span"]["end"],
            found["severity"],
            sentence(found["code"], found["detail"]),
        )
        for found in findings
        if found.get("span") and found["span"]["field"] == field
    ]


def mark_text(text: str, marks: Marks) -> SafeString:
    """Plain text, escaped, with its marks. Marks that overlap show the gravest and say all."""
    return _joined(_cover(text, range(len(text)), marks))


def mark_html(html: str, marks: Marks) -> SafeString:
    """Sanitised HTML with marks that count in its plain text (`to_text`).

    Both hold the same visible characters in the same order, and differ only in spaces: so the offsets follow
    by walking both at once.
    """
    safe = sanitise(html)
    if not marks:
        return mark_safe(safe)  # noqa: S308 - sanitised
    plain, at = to_text(html), 0
    pieces: list[str] = []
    for token in _TAG.split(safe):
        if token.startswith("<"):
            pieces.append(token)
            continue
        text, offsets = entities.unescape(token), []
        for character in text:
            if not character.isspace():
                while at < len(plain) and plain[at].isspace():
                    at += 1
                offsets.append(at)
                at += 1
            else:
                offsets.append(at)
        pieces.append(_joined(_cover(text, offsets, marks)))
    return mark_safe("".join(pieces))  # noqa: S308 - tags from the sanitiser, text escaped


def _cover(
    text: str, offsets: Sequence[int], marks: Marks
) -> list[tuple[str, tuple[Mark | Change | Source, ...]]]:
    """The text in runs of characters that lie under the same marks. `offsets[i]`: where character i counts."""
    runs: list[tuple[str, tuple[Mark | Change | Source, ...]]] = []
    for character, offset in zip(text, offsets, strict=True):
        over = tuple(mark for mark in marks if mark.start <= offset < mark.end)
        if runs and runs[-1][1] == over:
            runs[-1] = (runs[-1][0] + character, over)
        else:
            runs.append((character, over))
    return runs


def _joined(runs: list[tuple[str, tuple[Mark | Change | Source, ...]]]) -> SafeString:
    return mark_safe("".join(_wrapped(text, over) for text, over in runs))  # noqa: S308 - every part is escaped


def _wrapped(text: str, over: tuple[Mark | Change | Source, ...]) -> SafeString:
    """From the inside: that it is a change, whose source it is, what was found in it. A finding is reached by Tab."""
    shown = escape(text)
    kinds = {mark.kind for mark in over if isinstance(mark, Change)}
    if kinds and text.strip():
        shown = format_html("<del>{}</del>" if "gone" in kinds else "<ins>{}</ins>", shown)
    rows = sorted({mark.row for mark in over if isinstance(mark, Source)})
    if rows:
        shown = format_html(
            '<span class="source" data-source-of="{}">{}</span>', " ".join(map(str, rows)), shown
        )
    found = [mark for mark in over if isinstance(mark, Mark)]
    if found:
        gravest = max(found, key=lambda mark: _WEIGHT.get(mark.severity, 0)).severity
        words = " ".join(dict.fromkeys(mark.words for mark in found))
        shown = format_html('<mark class="found {}" title="{}" tabindex="0">{}</mark>', gravest, words, shown)
    return shown
