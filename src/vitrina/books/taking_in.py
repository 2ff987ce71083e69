"""From the kept file to chapters: read apart, written whole in one transaction, the file let go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from vitrina.books.models import Book, BookState, Chapter
from vitrina.books.reading.apart import read_apart
from vitrina.books.reading.book import BookRefused, Note, ReadBook
from vitrina.lib import files
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.text import words

FILE_GONE = gettext_noop("The stored copy of the book is gone. Give the file again.")
LANGUAGE_UNKNOWN = gettext_noop(
    "The language was not recognised; passages are looked for as in English. Choose the language below if it is another."
)
CHAPTERS_AT_ONCE = 200  # rows of one statement


def take_in(book: Book, *, while_reading: Callable[[], None]) -> None:
    """Chapters of a book that has none yet. Raises BookRefused; the row says why."""
    if book.state == BookState.READY:
        return
    if book.chapters.exists():
        _let_go(book)
        return
    Book.objects.filter(pk=book.pk).update(state=BookState.READING)
    try:
        with files.storage().open(book.stored_name) as file:
            read = read_apart(file, while_reading=while_reading)
    except FileNotFoundError as error:
        refused = BookRefused(FILE_GONE)
        fail(book, refused)
        raise refused from error
    except BookRefused as refused:
        fail(book, refused)
        raise
    _write(book, read)
    _let_go(book)


def fail(book: Book, refused: BookRefused) -> None:
    """The book stays with the reason, and its file is let go: it is given again, or deleted."""
    name = book.stored_name
    Book.objects.filter(pk=book.pk).update(
        state=BookState.FAILED, trouble=refused.sentence, trouble_values=dict(refused.values), stored_name=""
    )
    book.refresh_from_db()
    if name:
        files.storage().delete(name)


def _let_go(book: Book) -> None:
    """The file was read: nobody needs it any longer."""
    if book.stored_name:
        files.storage().delete(book.stored_name)
    Book.objects.filter(pk=book.pk).update(stored_name="")
    book.refresh_from_db()


def _write(book: Book, read: ReadBook) -> None:
    rows = [
        Chapter(
            book=book,
            number=number,
            title=chapter.title,
            text="\n".join(chapter.paragraphs),
            word_count=sum(len(words(paragraph)) for paragraph in chapter.paragraphs),
        )
        for number, chapter in enumerate(read.chapters, start=1)
    ]
    language = book.language or read.language
    notes = list(read.notes) if language else [*read.notes, Note(LANGUAGE_UNKNOWN)]
    with transaction.atomic():
        Chapter.objects.bulk_create(rows, batch_size=CHAPTERS_AT_ONCE)
        Book.objects.filter(pk=book.pk).update(
            title=book.title or read.title[:300] or Path(book.file_name).stem[:300],
            author=book.author or read.author[:300],
            language=language,
            file_format=read.file_format,
            notes=[{"sentence": note.sentence, "values": dict(note.values)} for note in notes],
        )
