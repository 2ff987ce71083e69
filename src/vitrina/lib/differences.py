"""What one text changes in another, word by word, as safe HTML. Pure but for the escaping."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# A word or a sign with the spaces behind it: compared without them, since spaces that match everywhere make the
# comparison slow and its result a patchwork.
_WORD = re.compile(r"(?:\w+|[^\w\s])\s*|\s+")
MOST_WORDS = 4_000  # beyond it the comparison would take longer than the page may


@dataclass(frozen=True)
class Piece:
    """`kind`: "same", "gone" or "new"."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Joined, the same and gone pieces are `before`, the same and new ones `after`."""
    if before == after:
        return [Piece("same", before)] if before else []
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        return [Piece(kind, text) for kind, text in (("gone", before), ("new", after)) if text]
    joined: list[Piece] = []
    for piece in _walk(old, new):
        if joined and joined[-1].kind == piece.kind:
            joined[-1] = Piece(piece.kind, joined[-1].text + piece.text)
        elif piece.text:
            joined.append(piece)
    return joined


def spans(before: str, after: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where `before` has words that are gone, and where `after` has new ones: characters, the end exclusive."""
    gone: list[tuple[int, int]] = []
    new: list[tuple[int, int]] = []
    in_before = in_after = 0
    for piece in differences(before, after):
        length = len(piece.text)
        if piece.kind == "gone":
            gone.append((in_before, in_before + length))
        elif piece.kind == "new":
            new.append((in_after, in_after + length))
        in_before += length if piece.kind != "new" else 0
        in_after += length if piece.kind != "gone" else 0
    return gone, new


def _walk(old: list[str], new: list[str]) -> Iterator[Piece]:
    matcher = SequenceMatcher(
        None, [word.rstrip() for word in old], [word.rstrip() for word in new], autojunk=False
    )
    for tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if tag == "equal":
            for was, now in zip(old[from_old:to_old], new[from_new:to_new], strict=True):
                yield from _spaced(was, now)
        else:
            yield from _spaced("".join(old[from_old:to_old]), "".join(new[from_new:to_new]))


def _spaced(was: str, now: str) -> Iterator[Piece]:
    """Two stretches; the spaces behind them are the same where both end in the same."""
    tail = was[len(was.rstrip()) :]
    if tail != now[len(now.rstrip()) :]:
        tail = ""
    was, now = was[: len(was) - len(tail)], now[: len(now) - len(tail)]
    if was == now:
        yield Piece("same", was + tail)
        return
    same = was.rstrip() if was.rstrip() == now.rstrip() else ""
    yield Piece("same", same)
    yield Piece("gone", was[len(same) :])
    yield Piece("new", now[len(same) :])
    yield Piece("same", tail)


_SHOWN = {"same": "{}", "gone": "<del>{}</del>", "new": "<ins>{}</ins>"}


def shown(before: str, after: str) -> SafeString:
    """Escaped, with <del> and <ins>."""
    return format_html_join(
        "", "{}", ((format_html(_SHOWN[piece.kind], piece.text),) for piece in differences(before, after))
    )
