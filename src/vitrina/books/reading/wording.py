"""Bytes as text, and the language of a book. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.books.reading.book import Note, ReadChapter
from vitrina.lib.feeds.decoding import HEAD_BYTES, encoding_of
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.text import language_of

STRANGE_BYTES = gettext_noop(
    "%(count)s letters could not be read in the encoding %(encoding)s and stand as «\ufffd»."
)
SAMPLE_CHARACTERS = 20_000


def as_text(data: bytes) -> tuple[str, list[Note]]:
    """In the encoding that the bytes are most likely in; what is not of it stands as «\ufffd» and is told."""
    encoding = encoding_of(data[:HEAD_BYTES])
    text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding, "replace").replace("\x00", "")
    strange = text.count("\ufffd")
    return text, [Note(STRANGE_BYTES, {"count": strange, "encoding": encoding})] if strange else []


def language_of_book(chapters: Sequence[ReadChapter], told: str) -> str:
    """By the text of its middle; what the file says counts where the text doesn't tell."""
    sample: list[str] = []
    size = 0
    middle = len(chapters) // 2
    for chapter in (*chapters[middle:], *chapters[:middle]):
        for paragraph in chapter.paragraphs:
            sample.append(paragraph[:SAMPLE_CHARACTERS])
            size += len(paragraph)
            if size > SAMPLE_CHARACTERS:
                break
        if size > SAMPLE_CHARACTERS:
            break
    return language_of(" ".join(sample)) or (told if told in ("ru", "en") else "")
