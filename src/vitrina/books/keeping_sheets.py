"""Character sheets of a book from its passages. What a person confirmed is never changed, nor what a model told."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from vitrina.books.models import Book, CharacterSheet, Passage
from vitrina.books.names import Name
from vitrina.books.sheets import first_looks
from vitrina.lib.apart import compute

MOST_SHEETS = 60
MOST_TEXTS = 400  # passages that are looked through for looks, the best of the book


def keep_sheets(book: Book, names: Sequence[Name]) -> None:
    """One for each name that is mentioned more than once, at most so many. Seconds of computing, in another process."""
    rows, texts = texts_of(book)
    language = "ru" if book.language == "ru" else "en"
    found, _seconds = compute(first_looks, texts, list(names[:MOST_SHEETS]), language)
    with transaction.atomic():
        Book.objects.select_for_update(no_key=True).only("pk").get(pk=book.pk)
        known = {sheet.name: sheet for sheet in book.sheets.all()}
        for one in found:
            sheet = known.pop(one.name[:120], None) or CharacterSheet(book=book, name=one.name[:120])
            if sheet.is_confirmed:
                continue
            sheet.is_place = one.is_place
            if not (sheet.look and sheet.look_source):  # a model's look was paid for, and stands
                sheet.look = one.look
                sheet.passage = rows[one.source] if one.source is not None else None
            sheet.save()
        gone = [sheet.pk for sheet in known.values() if not sheet.is_confirmed]
        CharacterSheet.objects.filter(pk__in=gone).delete()


def texts_of(book: Book) -> tuple[list[Passage], list[str]]:
    """The passages that may tell a look and what they say, in reading order."""
    rows = list(
        Passage.objects.filter(chapter__book=book)
        .select_related("chapter")
        .order_by("-priority")[:MOST_TEXTS]
    )
    rows.sort(key=lambda row: (row.chapter.number, row.begin))
    return rows, [row.chapter.text[row.begin : row.end] for row in rows]
