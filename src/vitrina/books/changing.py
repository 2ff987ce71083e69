"""What a person changes of a book: its names, genre and language, English texts, character sheets; and its end."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.books.intake import queue
from vitrina.books.models import Book, Chapter, CharacterSheet, Passage
from vitrina.books.searching import PERSON
from vitrina.lib import files
from vitrina.lib.text import normalise

CHANGEABLE = ("title", "author", "genre", "language")


def change(book: Book, *, by: User | None, **said: Any) -> None:
    """Only what is given, of `CHANGEABLE`. With another language passages are looked for anew. Raises QueueFull."""
    before = {name: getattr(book, name) for name in said if name in CHANGEABLE}
    after = {name: said[name] for name in before if said[name] != before[name]}
    if not after:
        return
    with transaction.atomic():
        Book.objects.filter(pk=book.pk).update(**after)
        if "language" in after and Chapter.objects.filter(book=book).update(is_searched=False):
            queue(book, by=by)
        audit.record("book.change", book, by=by, before={name: before[name] for name in after}, after=after)
    book.refresh_from_db()


def write_english(passage: Passage, text: str, *, by: User | None) -> None:
    """A person's words, which no machine replaces; empty hands the passage back to the machine."""
    text = normalise(text)
    source = PERSON if text else ""
    if (text, source) == (passage.english, passage.english_source):
        return
    before = {"english": passage.english, "source": passage.english_source}
    with transaction.atomic():
        Passage.objects.filter(pk=passage.pk).update(english=text, english_source=source, english_lacks={})
        audit.record(
            "passage.english",
            passage,
            by=by,
            seller_id=passage.chapter.book.seller_id,
            before=before,
            after={"english": text, "source": source},
        )
    passage.refresh_from_db()


def write_sheet(sheet: CharacterSheet, look: str, *, by: User | None) -> None:
    """How a person or place looks, as a person says; empty hands it back to the machine."""
    look = normalise(look)
    is_confirmed = bool(look)
    if (look, is_confirmed) == (sheet.look, sheet.is_confirmed):
        return
    before = {"look": sheet.look, "is_confirmed": sheet.is_confirmed}
    with transaction.atomic():
        CharacterSheet.objects.filter(pk=sheet.pk).update(
            look=look, look_source="", is_confirmed=is_confirmed
        )
        audit.record(
            "sheet.write",
            sheet,
            by=by,
            seller_id=sheet.book.seller_id,
            before=before,
            after={"look": look, "is_confirmed": is_confirmed},
        )
    sheet.refresh_from_db()


def delete(book: Book, *, by: User | None) -> None:
    """The book with its chapters and passages. Pictures that were made of it stay in the gallery."""
    with transaction.atomic():
        audit.record("book.delete", book, by=by, before={"title": book.title, "file": book.file_name})
        name = book.stored_name
        book.delete()
    if name:
        files.storage().delete(name)
