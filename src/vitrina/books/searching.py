"""Looking for a chapter's passages. What a person wrote and what has a picture stays, whatever a new search finds."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from vitrina.books.finding import Found, find
from vitrina.books.models import Book, Chapter, Passage
from vitrina.books.names import Name, names_in
from vitrina.imagery.models import GeneratedImage
from vitrina.lib.apart import compute

PERSON = "person"  # who wrote an English text


def names_of(book: Book) -> list[Name]:
    """The people and places of a whole book: its text in one piece, computed in another process."""
    text = "\n".join(book.chapters.order_by("number").values_list("text", flat=True))
    names, _seconds = compute(names_in, text, _known(book.language))
    return names


def search(book: Book, chapter: Chapter, names: Sequence[Name]) -> int:
    """How many passages the chapter has now. A second of computing, in another process; a few statements."""
    found, _seconds = compute(find, chapter.text, book.language, names)
    with transaction.atomic():
        # Another search of the same chapter waits here.
        Chapter.objects.select_for_update(no_key=True).only("pk").get(pk=chapter.pk)
        _keep(chapter, found)
        Chapter.objects.filter(pk=chapter.pk).update(is_searched=True)
    return len(found)


def _keep(chapter: Chapter, found: Sequence[Found]) -> None:
    known = {(row.begin, row.end): row for row in chapter.passages.all()}
    rows = [
        Passage(
            chapter=chapter,
            begin=one.begin,
            end=one.end,
            type=one.type,
            priority=one.priority,
            parts=one.parts,
            names=list(one.names),
        )
        for one in found
    ]
    Passage.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["chapter", "begin", "end"],
        update_fields=["type", "priority", "parts", "names"],
    )
    gone = [row for place, row in known.items() if place not in {(row.begin, row.end) for row in rows}]
    if gone:
        _forget(gone)


def _forget(passages: Sequence[Passage]) -> None:
    pictured = set(
        GeneratedImage.objects.filter(subject__in=[subject_of(row.pk) for row in passages]).values_list(
            "subject", flat=True
        )
    )
    Passage.objects.filter(
        pk__in=[
            row.pk for row in passages if subject_of(row.pk) not in pictured and row.english_source != PERSON
        ]
    ).delete()


def _known(language: str) -> str:
    """Anything that is not Russian is read as English, as `find` does."""
    return "ru" if language == "ru" else "en"


def subject_of(passage_id: int) -> str:
    """As pictures name what they are of."""
    return f"passage:{passage_id}"
