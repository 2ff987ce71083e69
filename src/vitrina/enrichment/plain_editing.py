"""A description as a person edits it: paragraphs apart by an empty line, list items behind a dash. Pure.

HTML of <p>, <ul>, <li> goes out, plain words come in, HTML comes back; nobody types tags.
"""

from __future__ import annotations

import html as entities
import re

from vitrina.lib.html import sanitise

_TAG = re.compile(r"(</?\w+>)")
_ITEM = re.compile(r"^\s*[-–—•*]\s+")
_BLANK = re.compile(r"\n[ \t]*\n")


def to_plain(html: str) -> str:
    lines: list[str] = []
    opening = ""
    for piece in _TAG.split(sanitise(html)):
        if piece in {"<p>", "<li>"}:
            opening = "- " if piece == "<li>" else ""
        elif piece in {"</p>", "</ul>"}:
            lines.append("")
        elif piece and not piece.startswith("<"):
            lines.append(opening + entities.unescape(piece).strip())
    return "\n".join(lines).strip()


def to_html(plain: str) -> str:
    """A line break inside a paragraph is a space; an item of a list is one line."""
    blocks: list[str] = []
    for block in _BLANK.split(plain.replace("\r\n", "\n").replace("\r", "\n")):
        words: list[str] = []
        items: list[str] = []
        for line in filter(str.strip, block.split("\n")):
            if _ITEM.match(line):
                blocks += _paragraph(words)
                words = []
                items.append(_ITEM.sub("", line).strip())
            else:
                blocks += _list(items)
                items = []
                words.append(line.strip())
        blocks += _paragraph(words) + _list(items)
    return "".join(blocks)


def _paragraph(words: list[str]) -> list[str]:
    return [f"<p>{entities.escape(' '.join(words), quote=False)}</p>"] if words else []


def _list(items: list[str]) -> list[str]:
    if not items:
        return []
    inner = "".join(f"<li>{entities.escape(item, quote=False)}</li>" for item in items)
    return [f"<ul>{inner}</ul>"]
