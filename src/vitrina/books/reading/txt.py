"""Plain text: any encoding, hard-wrapped or not, chapters by their headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import median

from vitrina.books.reading.book import BookLimits, Note, ReadBook
from vitrina.books.reading.outline import Collector, finished
from vitrina.books.reading.txt_headings import Mark, marks_of
from vitrina.books.reading.wording import as_text, language_of_book
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.text import normalise

GUTENBERG = gettext_noop("The header and the licence of Project Gutenberg were left out.")

_START = re.compile(
    r"^\*{3} ?START(?: OF (?:THIS|THE) PROJECT GUTENBERG EBOOK|\*\*THE SMALL PRINT).*$",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(
    r"^(?:\*{3} ?END OF (?:THIS|THE) PROJECT GUTENBERG EBOOK|End of (?:the )?Project Gutenberg(?:'s|’s)? ).*$",
    re.IGNORECASE | re.MULTILINE,
)
_ABOUT = re.compile(r"^(Title|Author|Language): *(\S.*)$", re.MULTILINE)
_LANGUAGES = {"english": "en", "russian": "ru"}
HEADER_CHARACTERS = 20_000

_ENDS = (".", "!", "?", "…", ":", "»", "”", '"', "’")
WRAPPED_AT = 100  # characters; lines of wrapped texts are hardly ever longer
MOST_LONG_LINES = 0.05


def read(data: bytes, limits: BookLimits) -> ReadBook:
    """Raises `BookRefused`."""
    text, notes = as_text(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n").replace("\x85", "\n")
    text, about = _without_gutenberg(text)
    if about:
        notes.append(Note(GUTENBERG))
    collector = Collector(limits)
    lines = text.split("\n")
    marks = {mark.line: mark for mark in marks_of(lines)}
    is_wrapped = _is_wrapped(lines)
    block: list[str] = []
    part = ""
    for number, line in enumerate(lines):
        mark = marks.get(number)
        if mark is None and not (is_wrapped and not line.strip()):
            if number not in _subtitle_lines(marks, number):
                block.append(line)
                if not is_wrapped:
                    _add(block, collector, is_wrapped=False)
            continue
        _add(block, collector, is_wrapped=is_wrapped)
        if mark is not None:
            if mark.is_part:
                part = mark.title
            collector.begin(mark.title, part="" if mark.is_part else part)
    _add(block, collector, is_wrapped=is_wrapped)
    chapters, left_out = finished(collector)
    return ReadBook(
        title=about.get("Title", ""),
        author=about.get("Author", ""),
        language=language_of_book(chapters, _LANGUAGES.get(about.get("Language", "").lower(), "")),
        file_format="txt",
        chapters=chapters,
        notes=(*notes, *left_out),
    )


def _subtitle_lines(marks: dict[int, Mark], number: int) -> tuple[int, ...]:
    """The line below a heading that its title was taken from."""
    return tuple(
        mark.line + mark.lines - 1
        for mark in (marks.get(number - 1), marks.get(number - 2))
        if mark and mark.lines > 1
    )


def _without_gutenberg(text: str) -> tuple[str, dict[str, str]]:
    """The book alone, and what the header says: {"Title", "Author", "Language"}; empty where there was none."""
    begun = _START.search(text)
    if begun is None:
        return text, {}
    about: dict[str, str] = {"Title": ""}
    for found in _ABOUT.finditer(text[: min(begun.start(), HEADER_CHARACTERS)]):
        about[found[1]] = normalise(found[2])
    body = text[begun.end() :]
    ended = _END.search(body)
    return body[: ended.start()] if ended else body, about


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether lines end where a page ends, and paragraphs go on over several of them."""
    lengths = [len(line) for line in lines if line.strip()]
    if len(lengths) < 8:
        return False
    is_short = sum(length > WRAPPED_AT for length in lengths) <= MOST_LONG_LINES * len(lengths)
    blocks = [len(block) for block in _blocks(lines)]
    # Verse and dialogue have short lines as well: a wrapped text has most of its lines nearly as long as the longest.
    usual = sorted(lengths)[int(0.9 * len(lengths))]
    nearly = sum(length > 0.75 * usual for length in lengths)
    ended = sum(line.rstrip().endswith(_ENDS) for line in lines if line.strip())
    return (
        is_short
        and usual >= 40
        and ended < 0.6 * len(lengths)
        and (nearly > 0.5 * len(lengths) or median(blocks) >= 3)
    )


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Lines between empty ones."""
    block: list[str] = []
    for line in lines:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _add(block: list[str], collector: Collector, *, is_wrapped: bool) -> None:
    if not is_wrapped:
        for line in block:
            collector.add(line)
    else:
        for paragraph in _indented(block):
            collector.add(_joined(paragraph))
    block.clear()


def _indented(block: Sequence[str]) -> Iterator[list[str]]:
    """A block in which paragraphs begin with an indent, without empty lines between them."""
    least = min((_indent(line) for line in block), default=0)
    begun: list[str] = []
    indented = sum(_indent(line) > least for line in block)
    is_split = 0 < indented <= 0.6 * len(block)
    for line in block:
        if begun and is_split and _indent(line) > least:
            yield begun
            begun = []
        begun.append(line)
    if begun:
        yield begun


def _indent(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())


def _joined(lines: Sequence[str]) -> str:
    """A word that was parted at the end of a line keeps its hyphen: nobody knows whether it had one."""
    text = ""
    for line in lines:
        line = line.strip()
        glued = text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower()
        text = text + line if glued or not text else f"{text} {line}"
    return text
