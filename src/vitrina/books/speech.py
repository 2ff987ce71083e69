"""Where people talk in a paragraph. Pure."""

from __future__ import annotations

import re

# A line of dialogue as Russian and old English books open it: a dash, one or two, then the words.
_OPENS_WITH_DASH = re.compile(r"^\s*(?:[—–―‒−]|--?)\s*(?=[^\W\d_]|[«“\"‘(])")
# «…», “…”, „…“, "…"; ‘…’ and '…' where the sign is no apostrophe. One that is never closed goes to the paragraph's end.
_QUOTED = re.compile(
    r"«(?P<angle>[^»]*)»?"
    r"|[“„](?P<double>[^”“]*)[”“]?"
    r"|\"(?P<plain>[^\"]*)\"?"
    r"|‘(?P<single>(?:[^’]|’(?=\w))*)’?"
    r"|(?<!\w)'(?=\w)(?P<straight>(?:[^']|'(?=\w))*)(?<=[,.!?;:—-])'"
)
# «сказала: – Приди завтра», «Иду. – Постой»: speech that opens inside a paragraph and goes to its end.
_OPENS_INSIDE = re.compile(r"[:.!?…]\s*(?:[—–―]|--)\s*(?=[А-ЯЁA-Z])")
_LEAST_WORDS = 4  # a title or a word in quotation marks is not speech
_CRIES = ("!", "?", ",")


def spoken(paragraph: str) -> list[tuple[int, int]]:
    """Spans of direct speech in order, none over another; a line of dialogue is one, «he said» inside it and all."""
    if _OPENS_WITH_DASH.match(paragraph):
        return [(0, len(paragraph))]
    inside = _OPENS_INSIDE.search(paragraph)
    told = inside.start() if inside else len(paragraph)
    spans = [match.span() for match in _QUOTED.finditer(paragraph, 0, told) if _is_speech(match)]
    return [*spans, (told, len(paragraph))] if inside else spans


def _is_speech(match: re.Match[str]) -> bool:
    words = match.group(match.lastgroup or 0) or ""
    return len(words.split()) >= _LEAST_WORDS or words.rstrip().endswith(_CRIES)
