"""FB2 (FictionBook 2): one XML document in any encoding. Pure.

Namespace and elements: the schema of gribuser/fb2. A chapter is a section without titled sections in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from vitrina.books.reading.book import BookLimits, BookRefused, Note, ReadBook
from vitrina.books.reading.outline import Collector, finished
from vitrina.books.reading.wording import as_text, language_of_book
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.strict_xml import parse
from vitrina.lib.text import normalise

ENTITIES = gettext_noop("The book declares XML entities; that is not allowed in it and is not read.")
BROKEN = gettext_noop(
    "The book is broken XML and can't be read to its end. It may have been cut short. %(why)s"
)
NOT_FB2 = gettext_noop("The book has no <body> with text in it.")
MENDED = gettext_noop("Broken markup was mended in %(count)s places; look whether the text is whole.")
NOTES_LEFT_OUT = gettext_noop("The footnotes were left out.")

_BINARY = re.compile(r"<binary\b[^>]*>[^<]*</binary\s*>")
_PROLOG = re.compile(r"\A\s*<\?xml[^>]{0,500}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,1000}(?:\[[^\]]{0,10000}\]\s*)?>")
_LINES = frozenset(("p", "v", "subtitle", "text-author", "td", "th"))
# Holders of lines, gone into; whatever else stands in a section has no text of the story (images, empty lines).
_HOLDERS = frozenset(("epigraph", "poem", "stanza", "cite", "annotation", "table", "tr", "title"))
_NOTES = frozenset(("notes", "footnotes", "comments"))
DEEPEST = 32  # sections in sections


def read(data: bytes, limits: BookLimits) -> ReadBook:
    """Raises `BookRefused`."""
    text, notes = as_text(data)
    root, mended = _tree(text)
    if mended:
        notes.append(Note(MENDED, {"count": mended}))
    bodies = [child for child in root if _name(child) == "body"]
    story = [body for body in bodies if body.get("name", "").lower() not in _NOTES]
    if not story:
        raise BookRefused(NOT_FB2)
    if len(story) < len(bodies):
        notes.append(Note(NOTES_LEFT_OUT))
    collector = Collector(limits)
    for body in story:
        _read_body(body, collector)
    chapters, left_out = finished(collector)
    about = _about(root)
    return ReadBook(
        title=about["title"],
        author=about["author"],
        language=language_of_book(chapters, about["language"]),
        file_format="fb2",
        chapters=chapters,
        notes=(*notes, *left_out),
    )


def _tree(text: str) -> tuple[etree._Element, int]:
    text = _BINARY.sub("", _PROLOG.sub("", text, count=1))
    if "<!ENTITY" in text:
        raise BookRefused(ENTITIES)
    root, mended = parse(_DOCTYPE.sub("", text, count=1).strip())
    if isinstance(root, str):
        raise BookRefused(BROKEN, {"why": root})
    return root, mended


def _read_body(body: etree._Element, collector: Collector) -> None:
    """Sections without recursion: a stack of (section, title of the part above it, depth)."""
    ahead: list[str] = []  # an epigraph of the whole book goes with its first chapter
    sections = []
    for child in body:
        name = _name(child)
        if name == "section":
            sections.append(child)
        elif name != "title":
            ahead += _lines(child)
    if not sections:
        for line in ahead:
            collector.add(line)
        return
    waiting = [(section, "", 1) for section in reversed(sections)]
    while waiting:
        section, part, depth = waiting.pop()
        title = _title(section)
        inner = [child for child in section if _name(child) == "section"]
        splits = depth < DEEPEST and any(_title(child) for child in inner)
        collector.begin(title, part=part)
        for line in ahead:
            collector.add(line)
        ahead = []
        for child in section:
            name = _name(child)
            if name == "title" or (name == "section" and splits):
                continue
            for line in _lines(child):
                collector.add(line)
        if splits:
            waiting += [(child, title or part, depth + 1) for child in reversed(inner)]


def _title(section: etree._Element) -> str:
    title = next((child for child in section if _name(child) == "title"), None)
    return "" if title is None else ". ".join(line.rstrip(".") for line in _lines(title))


def _lines(element: etree._Element) -> Iterator[str]:
    """Each line of an element and of all that it holds, in their order."""
    if _name(element) in _LINES:
        yield _text(element)
        return
    if _name(element) not in _HOLDERS and _name(element) != "section":
        return
    inside = 0  # a line in a line is part of it
    for event, child in etree.iterwalk(element, events=("start", "end")):
        if _name(child) in _LINES:
            if event == "start":
                if not inside and (text := _text(child)):
                    yield text
                inside += 1
            else:
                inside -= 1


def _text(element: etree._Element) -> str:
    """Without marks of notes («[1]»)."""
    parts = []
    skipped = 0
    for event, child in etree.iterwalk(element, events=("start", "end")):
        is_mark = _name(child) == "a" and child.get("type") == "note"
        if event == "start":
            skipped += is_mark
            if not skipped:
                parts.append(child.text or "")
        else:
            skipped -= is_mark
            if not skipped and child is not element:
                parts.append(child.tail or "")
    return normalise("".join(parts))


def _about(root: etree._Element) -> dict[str, str]:
    """{"title", "author", "language"}; empty where the file doesn't say."""
    found = {"title": "", "author": "", "language": ""}
    info = next((element for element in root.iter("{*}title-info")), None)
    if info is None:
        return found
    authors = []
    for child in info:
        name = _name(child)
        if name == "book-title":
            found["title"] = normalise("".join(map(str, child.itertext())))
        elif name == "lang":
            found["language"] = (child.text or "").strip().lower()[:2]
        elif name == "author":
            parts = {_name(part): normalise("".join(map(str, part.itertext()))) for part in child}
            names = [parts.get(key, "") for key in ("first-name", "middle-name", "last-name")]
            authors.append(" ".join(filter(None, names)) or parts.get("nickname", ""))
    found["author"] = ", ".join(filter(None, authors))
    return found


def _name(element: etree._Element) -> str:
    """Without the namespace, which half of the books get wrong. Empty for what is no element."""
    tag: object = element.tag  # of a comment it is a function
    return etree.QName(tag).localname if isinstance(tag, str) else ""
