"""Text in a cell that a spreadsheet would run as a formula: defused on the way out, restored on the way in."""

from __future__ import annotations

import re

# ASVS 1.2.10 names = + - @ tab CR NUL and the full-width forms; LF and leading spaces are ours to be safe.
_DANGEROUS = r"[ \u00a0]*[=+\-@\t\r\n\x00＝＋－＠]"
_TO_GUARD = re.compile(rf"'*{_DANGEROUS}")
_GUARDED = re.compile(rf"''*{_DANGEROUS}")
_NUMBER = re.compile(r"[+\-]?\d+(?:[.,]\d+)?", re.ASCII)


def defuse_cell(text: str) -> str:
    """`text` with an apostrophe in front if a spreadsheet would run it. A plain number (-5,2) is left as it is."""
    return f"'{text}" if _TO_GUARD.match(text) and not _NUMBER.fullmatch(text) else text


def restore_cell(text: str) -> str:
    """The inverse: `restore_cell(defuse_cell(text)) == text` for every text."""
    return text[1:] if _GUARDED.match(text) else text
