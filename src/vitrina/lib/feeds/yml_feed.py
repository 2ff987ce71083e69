"""YML (Yandex Market Language). A small lexer cuts the stream into offers; lxml parses each strictly, alone.

So a broken offer spoils no other, memory holds one offer, and no entity or DTD of the document ever reaches a parser:
a DOCTYPE is allowed (real feeds name "shops.dtd", which is never loaded), declaring entities is refused.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from lxml import etree

from vitrina.lib.feeds.decoding import TextStream
from vitrina.lib.feeds.feed import Feed, FeedLimits, FeedRow, NotAFeed, Row, broken
from vitrina.lib.strict_xml import parse

CHUNK = 64 * 1024
# Longer than any token below, so that none is missed where two chunks meet.
_TOKEN_CHARACTERS = 64
_OUTSIDE = re.compile(
    r"<!--|<!\[CDATA\[|<!ENTITY|<(?P<opens>offer|category)(?=[\s>/]|\Z)|</(?P<ends>yml_catalog|shop|catalog|offers)\s*>"
)
_START_TAG = re.compile(r"""<\w+(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>""")  # possessive: linear
_INSIDE = {
    tag: re.compile(
        rf"<!--|<!\[CDATA\[|<(?P<again>{tag})(?=[\s>/])|</{tag}\s*>|</(?P<outer>offers|categories|shop)\s*>"
    )
    for tag in ("offer", "category")
}
_PICTURE_PARTS = re.compile(r"\s+\|\s+|\s*[\r\n]+\s*|,\s*(?=https?://)|\s+(?=https?://)")
_MARKUP_FIELDS = frozenset(("description",))


@dataclass(frozen=True, slots=True)
class _Piece:
    """One element as it stands in the file, or (with `trouble`) what stands in its place."""

    tag: str
    line: int
    text: str
    trouble: str = ""


def open_yml(file: BinaryIO, encoding: str, limits: FeedLimits) -> Feed:
    """Reads up to the first offer, so that `categories` is there. Raises `NotAFeed`."""
    stream = TextStream(file, encoding)
    feed = Feed("yml", encoding, (), on_close=stream.detach)
    rows = _rows(stream, limits, feed)
    first = next(rows, None)
    feed.rows = rows if first is None else itertools.chain((first,), rows)
    return feed


def _rows(stream: TextStream, limits: FeedLimits, feed: Feed) -> Iterator[Row]:
    mended = count = 0
    for piece in _Lexer(stream, limits.row_characters).pieces():
        if piece.trouble:
            yield broken(piece.line, piece.trouble, piece.text)
            continue
        if piece.tag == "offer":
            count += 1
            if count > limits.rows:
                yield broken(
                    piece.line, f"Only the first {limits.rows} offers are read; the rest was left out."
                )
                break
        elif len(feed.categories) >= limits.categories:
            yield broken(piece.line, f"Only the first {limits.categories} categories are read.", piece.text)
            continue
        element, was_mended = parse(piece.text)
        mended += was_mended
        if isinstance(element, str):
            yield broken(piece.line, element, piece.text)
        elif piece.tag == "offer":
            yield _offer(piece, element)
        else:
            trouble = _add_category(feed.categories, element)
            if trouble:
                yield broken(piece.line, trouble, piece.text)
    feed.remarks.extend(stream.remarks())
    if mended:
        feed.remarks.append(
            f"Bare «&» or «<», or characters that XML forbids, were mended in {mended} places."
        )
    if not count:
        feed.remarks.append("The feed holds no offers.")


class _Lexer:
    """Finds where offers and categories begin and end, past comments and CDATA, without parsing them."""

    def __init__(self, stream: TextStream, most: int) -> None:
        self._stream = stream
        self._most = most
        self._text = ""
        self._at = 0
        self._line = 1  # of self._text[0]
        self._ended = False

    def pieces(self) -> Iterator[_Piece]:
        begun = closed = False
        while True:
            token = self._find(_OUTSIDE)
            if token is None:
                break
            if token["opens"]:
                begun = True
                yield self._element(token["opens"])
            elif token["ends"]:
                closed = True
            elif token[0] == "<!ENTITY" and begun:
                yield _Piece("", self._here(token.start()), "", "An entity is declared here; it is not read.")
            elif token[0] == "<!ENTITY":
                raise NotAFeed("The feed declares XML entities; that is not allowed in YML and is not read.")
            else:
                line, comment = self._here(token.start()), token[0] == "<!--"
                if not self._skip("-->" if comment else "]]>"):
                    yield _Piece("", line, "", "A comment or a CDATA section opens here and is never closed.")
        if not closed:
            yield _Piece(
                "", self._here(len(self._text)), "", "The file ends before its last tag: it was cut short."
            )

    def _element(self, tag: str) -> _Piece:
        """From the `<tag` found last up to its end. What follows a broken element is left to be read."""
        self._drop(self._at - len(tag) - 1)
        inside = _INSIDE[tag]
        self._at = 1
        if not self._read_until(lambda: self._text.find("<", 1) >= 0 or _START_TAG.match(self._text)):
            return self._cut(tag, len(self._text), self._why_unfinished(tag))
        start = _START_TAG.match(self._text)
        if start is None:
            return self._cut(tag, len(tag) + 1, f"The tag <{tag} …> is broken.")
        if self._text[start.end() - 2] == "/":
            return self._cut(tag, start.end())
        self._at = start.end()
        while self._read_until(lambda: inside.search(self._text, self._at)):
            token = inside.search(self._text, self._at)
            assert token is not None
            if token["again"] or token["outer"]:
                return self._cut(tag, token.start(), f"The <{tag}> is not closed before the next one begins.")
            if token[0].startswith("</"):
                return self._cut(tag, token.end())
            mark = "-->" if token[0] == "<!--" else "]]>"
            self._read_until(partial(self._holds, mark, token.end()))
            end = self._text.find(mark, token.end())
            # A section that holds the element's own end was most likely left open: the next ones are in it.
            swallowed = self._text.find(f"</{tag}>", token.end(), end if end >= 0 else len(self._text))
            if swallowed >= 0 and (mark == "]]>" or end < 0):
                trouble = "A CDATA section or a comment opens here and is never closed."
                return self._cut(tag, swallowed + len(tag) + 3, trouble)
            if end < 0:
                break
            self._at = end + len(mark)
        return self._cut(tag, len(self._text), self._why_unfinished(tag))

    def _why_unfinished(self, tag: str) -> str:
        if len(self._text) > self._most:
            return f"The <{tag}> is longer than {self._most} characters."
        return f"The file ends in the middle of this <{tag}>: it was cut short."

    def _cut(self, tag: str, end: int, trouble: str = "") -> _Piece:
        piece = _Piece(tag, self._line, self._text[:end], trouble)
        self._drop(end)
        return piece

    def _find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The next match outside of elements; what lies before it is forgotten."""
        while True:
            token = pattern.search(self._text, self._at)
            # A token at the very end may be the beginning of a longer one.
            if token and (token.end() < len(self._text) or self._ended):
                self._at = token.end()
                return token
            if self._ended:
                return None
            self._drop(max(self._at, len(self._text) - _TOKEN_CHARACTERS))
            self._read()

    def _skip(self, mark: str) -> bool:
        while True:
            end = self._text.find(mark, self._at)
            if end >= 0:
                self._at = end + len(mark)
                return True
            if self._ended:
                self._at = len(self._text)
                return False
            self._drop(max(self._at, len(self._text) - len(mark)))
            self._read()

    def _holds(self, mark: str, start: int) -> bool:
        return self._text.find(mark, start) >= 0

    def _read_until(self, found: Callable[[], object]) -> bool:
        """Read on inside an element; False where the file or the patience for one element ends."""
        while not found():
            if self._ended or len(self._text) > self._most:
                return bool(found())
            self._read()
        return True

    def _drop(self, end: int) -> None:
        self._line += _line_breaks(self._text, end)
        self._text = self._text[end:]
        self._at = max(0, self._at - end)

    def _read(self) -> None:
        chunk = self._stream.read(CHUNK)
        self._ended = not chunk
        self._text += chunk

    def _here(self, position: int) -> int:
        return self._line + _line_breaks(self._text, position)


def _line_breaks(text: str, end: int) -> int:
    return text.count("\n", 0, end)


def _offer(piece: _Piece, offer: etree._Element) -> Row:
    """`pictures`: list of addresses; `params`: list of (name, unit, value); everything else as the feed writes it.

    A child that stands twice keeps its first value under its own name and the others in `more`: {name: [values]}.
    """
    fields: dict[str, object] = {str(name): str(value).strip() for name, value in offer.attrib.items()}
    pictures: list[str] = []
    params: list[tuple[str, str, str]] = []
    more: dict[str, list[str]] = {}
    for child in offer.iterchildren(tag=etree.Element):
        name = etree.QName(child).localname
        if name == "param":
            params.append((child.get("name", "").strip(), child.get("unit", "").strip(), _text(child)))
        elif name == "picture":
            pictures.extend(part for part in _PICTURE_PARTS.split(_text(child)) if part)
        else:
            value = _inner_markup(child) if name in _MARKUP_FIELDS else _value(child)
            if not value:
                continue
            if name in fields:
                if isinstance(value, str):
                    more.setdefault(name, []).append(value)
            else:
                fields[name] = value
    if not fields and not params and not pictures:
        return broken(piece.line, "The offer is empty.", piece.text)
    fields["pictures"] = pictures
    fields["params"] = params
    if more:
        fields["more"] = more
    return FeedRow(piece.line, fields)


def _value(element: etree._Element) -> object:
    """The text; for an element that only holds others (<delivery-options>), their attributes as dicts."""
    if len(element) and not (element.text or "").strip():
        return [{str(name): str(value) for name, value in child.attrib.items()} for child in element] or ""
    return _text(element)


def _text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext()).strip()


def _inner_markup(element: etree._Element) -> str:
    """HTML that was written into the element without CDATA, as HTML again."""
    if not len(element):
        return _text(element)
    parts = [html.escape(element.text or "", quote=False)]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in element]
    return "".join(parts).strip()


def _add_category(categories: dict[str, tuple[str, str]], element: etree._Element) -> str:
    """The trouble, if any."""
    identity, name = (element.get("id") or "").strip(), " ".join(_text(element).split())
    if not identity or not name:
        return "The category has no id or no name."
    if identity in categories:
        return f"The category id «{identity[:60]}» stands twice; the first is kept."
    categories[identity] = ((element.get("parentId") or "").strip(), name)
    return ""
