"""The table of contents of an EPUB: the navigation document, or the NCX of older ones. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from vitrina.lib.text import normalise

_TYPE = "{http://www.idpf.org/2007/ops}type"
DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents. `part`: the line above it that it stands under."""

    title: str
    part: str


@dataclass(frozen=True, slots=True)
class Contents:
    """`entries`: by (name in the archive, anchor); the anchor is empty for the beginning of a document."""

    entries: Mapping[tuple[str, str], Entry]

    @property
    def is_empty(self) -> bool:
        return not self.entries

    def at(self, name: str, anchor: str) -> Entry | None:
        return self.entries.get((name, anchor))


NONE = Contents({})


def of(tree: etree._Element, name: str, most: int) -> Contents:
    """Of a navigation document or an NCX that lies under `name`. The first line that leads to a place names it."""
    lines = _of_ncx(tree) if etree.QName(tree).localname == "ncx" else _of_nav(tree)
    entries: dict[tuple[str, str], Entry] = {}
    for title, part, href in lines:
        path, _hash, anchor = href.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path))) if path else name
        entries.setdefault((target, unquote(anchor)), Entry(title, part))
        if len(entries) >= most:
            break
    return Contents(entries)


def _of_ncx(tree: etree._Element) -> Iterator[tuple[str, str, str]]:
    for point in tree.iter("{*}navPoint"):
        content = point.find("{*}content")
        href = "" if content is None else content.get("src", "")
        if href:
            yield _ncx_title(point), _ncx_part(point), href


def _ncx_part(point: etree._Element) -> str:
    above = point.getparent()
    return _ncx_title(above) if above is not None and etree.QName(above).localname == "navPoint" else ""


def _ncx_title(point: etree._Element) -> str:
    label = point.find("{*}navLabel")
    return "" if label is None else normalise("".join(map(str, label.itertext())))


def _of_nav(tree: etree._Element) -> Iterator[tuple[str, str, str]]:
    """Lists that are hidden are not shown to a reader as chapters, and make none here."""
    navs = list(tree.iter("{*}nav"))
    nav = next((nav for nav in navs if "toc" in nav.get(_TYPE, "").split()), navs[0] if navs else None)
    if nav is None:
        return
    hidden = 0
    open_lines: list[str] = []  # the titles of the lines that this one stands in
    for event, element in etree.iterwalk(nav, events=("start", "end")):
        tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
        is_hidden = tag == "ol" and element.get("hidden") is not None
        if event == "end":
            hidden -= is_hidden
            if tag == "li" and open_lines:
                open_lines.pop()
            continue
        hidden += is_hidden
        if tag == "li":
            open_lines.append("")
        elif tag in ("a", "span") and open_lines and not open_lines[-1]:
            title = normalise("".join(map(str, element.itertext())))
            open_lines[-1] = title
            href = element.get("href", "")
            if tag == "a" and href and not hidden and len(open_lines) <= DEEPEST:
                yield title, next((line for line in reversed(open_lines[:-1]) if line), ""), href
