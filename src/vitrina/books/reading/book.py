"""What a book is once it is read, what it may be at most, and why one is refused. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vitrina.lib.sentences import gettext_noop

Values = Mapping[str, str | int]


class BookRefused(ValueError):
    """The file is no book that can be read: `sentence` says why, its `values` apart for the translators."""

    def __init__(self, sentence: str, values: Values | None = None) -> None:
        super().__init__(sentence, values)
        self.sentence = sentence
        self.values: Values = values or {}

    def __str__(self) -> str:
        return self.sentence % self.values if self.values else self.sentence


@dataclass(frozen=True, slots=True)
class BookLimits:
    """`text_characters`: of all chapters together; «War and Peace» has 3.2 million."""

    file_bytes: int = 50_000_000
    unpacked_bytes: int = 300_000_000
    entries: int = 5_000
    document_bytes: int = 30_000_000  # one file of text in an archive
    documents: int = 2_000  # in the reading order of an EPUB
    text_characters: int = 20_000_000
    chapters: int = 2_000
    contents_entries: int = 5_000
    memory_bytes: int = 700_000_000
    cpu_seconds: int = 60
    deadline_seconds: float = 150.0


DEFAULT_LIMITS = BookLimits()

TOO_LONG = gettext_noop("The book has more than %(most)s characters of text; longer ones are not read.")
TOO_MANY_CHAPTERS = gettext_noop("The book has more than %(most)s chapters; at most so many are read.")
NO_TEXT = gettext_noop("No text was found in the book: it may consist of pictures of pages alone.")


@dataclass(frozen=True, slots=True)
class Note:
    """What the reading left out or doubts. For a person; `sentence` untranslated."""

    sentence: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadChapter:
    """`title`: empty where the book gives none. `paragraphs`: plain text without line breaks, none empty."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadBook:
    """`file_format`: epub | fb2 | txt. `title` and `author`: empty where the file doesn't say. `language`: of the text,
    «ru», «en», or empty for anything else."""

    title: str
    author: str
    language: str
    file_format: str
    chapters: tuple[ReadChapter, ...]
    notes: tuple[Note, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "author": self.author,
            "language": self.language,
            "file_format": self.file_format,
            "chapters": [[chapter.title, list(chapter.paragraphs)] for chapter in self.chapters],
            "notes": [[note.sentence, dict(note.values)] for note in self.notes],
        }

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> ReadBook:
        """Raises KeyError, TypeError, ValueError for anything but what `as_json` gives."""
        return cls(
            title=str(told["title"]),
            author=str(told["author"]),
            language=str(told["language"]),
            file_format=str(told["file_format"]),
            chapters=tuple(
                ReadChapter(str(title), tuple(map(str, paragraphs))) for title, paragraphs in told["chapters"]
            ),
            notes=tuple(Note(str(sentence), dict(values)) for sentence, values in told["notes"]),
        )
