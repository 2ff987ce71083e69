"""HTML from outside: made safe for a page, or read as text. What a reader would not see does not come through."""

from __future__ import annotations

import functools
import html as entities
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import nh3

SAFE_TAGS = frozenset({"p", "ul", "li"})
KEPT_CHARACTERS = 20_000  # a longer text is read each time: what is kept stays within a few megabytes
# Dropped with everything inside: not words for a reader.
_SILENT = {
    "script",
    "style",
    "template",
    "iframe",
    "object",
    "embed",
    "svg",
    "math",
    "noscript",
    "noembed",
    "noframes",
}
_SILENT |= {
    "textarea",
    "select",
    "option",
    "button",
    "title",
    "head",
    "canvas",
    "audio",
    "video",
    "xmp",
    "plaintext",
}
_BLOCKS = {
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "aside",
}
_BLOCKS |= {
    "blockquote",
    "pre",
    "table",
    "tr",
    "dl",
    "dt",
    "dd",
    "figure",
    "figcaption",
    "address",
    "center",
    "caption",
}
_LISTS = {"ul", "ol"}
_VOID = {"br", "hr"}
_INLINE = {
    "span",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "a",
    "sup",
    "sub",
    "small",
    "font",
    "td",
    "th",
    "code",
    "mark",
}
_READ = _BLOCKS | _LISTS | {"li"} | _VOID | _INLINE | {"tbody", "thead", "tfoot"}
_HIDDEN_STYLE = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|(?:font-size|opacity):0?\.?0(?![.\d]*[1-9])"
    r"|(?:left|top|text-indent):-\d{3,}|color:transparent"
)
_STYLE_NOISE = re.compile(r"/\*.*?\*/|[\s\\]", re.DOTALL)
PIECE_TAGS = 2_000
_TAG = re.compile(r"<[a-zA-Z]")
_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z/!?]")
_SPACES = re.compile(r"\s+")


def sanitise(html: str, *, tags: frozenset[str] = SAFE_TAGS) -> str:
    """HTML of `tags` only and without any attribute; other blocks become paragraphs, other lists become <ul>.

    No script, style, event handler, hx-*, data-* or hidden text survives. The result is stable: sanitising twice
    changes nothing. Text that stands outside of any block is wrapped in <p>.
    """
    builder = _Builder(tags)
    _walk(html, builder)
    # The builder only writes allowed tags; the gate of a kept library stands behind it all the same.
    return nh3.clean(builder.result(), tags=set(tags), attributes={}, link_rel=None)


def to_text(html: str) -> str:
    """What a reader would see: an empty line between paragraphs, a line per list item, row and <br>.

    Text without any mark-up keeps its own line breaks.
    """
    if not _LOOKS_LIKE_HTML.search(html):
        lines = [_SPACES.sub(" ", line).strip() for line in entities.unescape(html).splitlines()]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return _read_lately(html) if len(html) <= KEPT_CHARACTERS else _read(html)


def _read(html: str) -> str:
    reader = _TextReader()
    _walk(html, reader)
    return reader.result()


# One card's text is read by several steps, one right after the other.
_read_lately = functools.lru_cache(maxsize=256)(_read)


def _walk(html: str, visitor: _Visitor) -> None:
    """Visit the visible part of `html`. html5ever (in nh3) repairs it first, as a browser would."""
    for piece in _pieces(html):
        repaired = nh3.clean(
            piece,
            tags=_READ,
            clean_content_tags=_SILENT,
            attributes={tag: {"style", "hidden", "aria-hidden"} for tag in _READ},
            link_rel=None,
        )
        visitor.feed(repaired)
    visitor.close()


def _pieces(html: str) -> Iterator[str]:
    """Nesting costs html5ever the square of the depth (100,000 <div> took 44 s), so giants are read in parts.

    A part ends before a tag; what was open there is closed. Only texts of thousands of tags are parted.
    """
    begin = 0
    for number, tag in enumerate(_TAG.finditer(html), 1):
        if number % PIECE_TAGS == 0:
            yield html[begin : tag.start()]
            begin = tag.start()
    yield html[begin:]


class _Visitor(HTMLParser):
    """Follows well-formed HTML and calls `start`, `end` and `text` for what is not hidden."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._hidden_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden_depth or _is_hidden(attrs):
            if tag not in _VOID:
                self._hidden_depth += 1
            return
        self.start(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden_depth:
            self._hidden_depth -= 1
            return
        self.end(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden_depth:
            self.text(data)

    def start(self, tag: str) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, data: str) -> None: ...


def _is_hidden(attrs: list[tuple[str, str | None]]) -> bool:
    for name, value in attrs:
        if name == "hidden":
            return True
        if name == "aria-hidden" and (value or "").strip().lower() == "true":
            return True
        if name == "style" and _HIDDEN_STYLE.search(_STYLE_NOISE.sub("", (value or "").lower())):
            return True
    return False


class _TextReader(_Visitor):
    """Collects text; breaks between blocks wait until there is text to part."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._breaks = 0  # line breaks due before the next text, at most 2
        self._lists = 0

    def start(self, tag: str) -> None:
        if tag == "br":
            self._breaks = min(self._breaks + 1, 2)
        elif tag in ("td", "th"):
            self._parts.append(" ")
        else:
            self._break_at(tag)
            self._lists += tag in _LISTS

    def end(self, tag: str) -> None:
        self._lists -= tag in _LISTS
        if tag not in ("td", "th"):
            self._break_at(tag)

    def text(self, data: str) -> None:
        data = _SPACES.sub(" ", data)
        if data.strip():
            self._parts.append("\n" * self._breaks)
            self._breaks = 0
        self._parts.append(data)

    def result(self) -> str:
        text = re.sub(r" {2,}", " ", "".join(self._parts))
        return re.sub(r" *\n *", "\n", text).strip()

    def _break_at(self, tag: str) -> None:
        if tag in ("li", "tr"):
            due = 1
        elif tag in _BLOCKS or tag in _LISTS or tag == "hr":
            due = 1 if self._lists else 2
        else:
            due = 0
        self._breaks = max(self._breaks, due)


class _Builder(_Visitor):
    """Writes blocks one after another: <p>…</p> and <ul><li>…</li></ul>, never one inside the other's text."""

    def __init__(self, tags: frozenset[str]) -> None:
        super().__init__()
        self._tags = tags
        self._parts: list[str] = []
        self._block = ""  # the open <p> or <li>
        self._in_list = False  # a <ul> is written and not yet closed
        self._lists = 0  # lists of the source that are open: inner ones join the outermost
        self._inline: list[str] = []

    def start(self, tag: str) -> None:
        if tag in _LISTS:
            self._close_block()
            self._lists += 1
        elif tag == "li":
            self._close_block()
            if "li" in self._tags and "ul" in self._tags:
                if not self._in_list:
                    self._parts.append("<ul>")
                    self._in_list = True
                self._open("li")
            else:
                self._open("p")
        elif tag in _VOID:
            if tag == "br" and "br" in self._tags and self._block:
                self._parts.append("<br>")
            elif self._block != "li":
                self._close_block()
            else:
                self.text(" ")
        elif tag in _BLOCKS:
            if self._block != "li":
                self._close_block()
                self._close_list()
                self._open(tag if tag in self._tags else "p")
            else:
                self.text(" ")
        elif tag in ("td", "th"):
            self.text(" ")
        elif tag in self._tags:
            self._begin_text()
            self._parts.append(f"<{tag}>")
            self._inline.append(tag)

    def end(self, tag: str) -> None:
        if tag in _LISTS:
            self._close_block()
            self._lists = max(0, self._lists - 1)
            if not self._lists:
                self._close_list()
        elif tag == "li":
            self._close_block()
        elif tag in _BLOCKS:
            if self._block != "li":
                self._close_block()
            else:
                self.text(" ")
        elif tag in self._inline:
            while self._inline and (last := self._inline.pop()):
                self._parts.append(f"</{last}>")
                if last == tag:
                    break

    def text(self, data: str) -> None:
        data = _SPACES.sub(" ", data)
        if not self._block and not data.strip():
            return
        self._begin_text()
        self._parts.append(entities.escape(data, quote=False))

    def result(self) -> str:
        self._close_block()
        self._close_list()
        html = re.sub(r" {2,}", " ", "".join(self._parts))
        html = re.sub(r" ?(</?(?:p|ul|li|h[1-6])>) ?", r"\1", html)
        empty = re.compile(r"<(\w+)></\1>")
        while empty.search(html):
            html = empty.sub("", html)
        return html.strip()

    def _begin_text(self) -> None:
        if not self._block and self._in_list and self._lists:
            self._open("li")
        elif not self._block:
            self._close_list()
            self._open("p")

    def _open(self, tag: str) -> None:
        self._block = tag if tag in self._tags else "?"
        if self._block != "?":
            self._parts.append(f"<{tag}>")

    def _close_block(self) -> None:
        while self._inline:
            self._parts.append(f"</{self._inline.pop()}>")
        if self._block and self._block != "?":
            self._parts.append(f"</{self._block}>")
        elif self._block:
            self._parts.append(" ")
        self._block = ""

    def _close_list(self) -> None:
        if self._in_list:
            self._parts.append("</ul>")
            self._in_list = False
