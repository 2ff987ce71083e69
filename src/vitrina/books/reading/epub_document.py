"""One document of an EPUB as a run of anchors, headings and paragraphs. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

_TYPE = "{http://www.idpf.org/2007/ops}type"
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SKIPPED = frozenset(
    [
        "head",
        "script",
        "style",
        "svg",
        "math",
        "nav",
        "iframe",
        "object",
        "audio",
        "video",
        "canvas",
        "template",
        "noscript",
        "rt",
        "rp",
        "button",
        "select",
    ]
)
_NOT_THE_STORY = frozenset(
    ("footnote", "footnotes", "endnote", "endnotes", "rearnote", "rearnotes", "noteref", "toc", "pagebreak")
)


@dataclass(frozen=True, slots=True)
class Anchor:
    name: str


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


def pieces_of(tree: etree._Element) -> Iterator[Anchor | Heading | Paragraph]:
    """In reading order. An anchor inside a line stands before it. Without recursion, whatever the depth."""
    body = next((element for element in tree.iter() if _name(element) == "body"), None)
    if body is None:
        return
    text: list[str] = []
    level = 0  # of the heading that is being read
    skipped = 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        name = _name(element)
        is_skipped = name in _SKIPPED or not _NOT_THE_STORY.isdisjoint(element.get(_TYPE, "").split())
        if event == "start":
            skipped += is_skipped
            if skipped:
                continue
            if name in _BLOCKS and text:
                yield from _flushed(text, level)
            if anchor := element.get("id") or (element.get("name") if name == "a" else None):
                yield Anchor(anchor)
            if name in _HEADINGS:
                level = _HEADINGS[name]
            text.append(" " if name == "br" else (element.text or ""))
        else:
            if not skipped and name in _BLOCKS:
                yield from _flushed(text, level)
                if name in _HEADINGS:
                    level = 0
            skipped -= is_skipped
            if not skipped and element is not body:
                text.append(element.tail or "")
    yield from _flushed(text, level)


def _flushed(text: list[str], level: int) -> Iterator[Heading | Paragraph]:
    whole = "".join(text)
    text.clear()
    if whole.strip():
        yield Heading(level, whole) if level else Paragraph(whole)


def _name(element: etree._Element) -> str:
    tag: object = element.tag  # of a comment it is a function
    return etree.QName(tag).localname.lower() if isinstance(tag, str) else ""
