"""Books as pages show them: notes in words, passages with their scores, chapters with their counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from vitrina.books.models import Book, BookState, Chapter, Passage
from vitrina.books.picking import WORTH_A_PICTURE
from vitrina.books.searching import subject_of
from vitrina.imagery.models import GeneratedImage
from vitrina.imagery.picture_filter import UNSHOWN

MOST_PICTURES = 200  # of one chapter on its page; the gallery has them all
EXCERPT_CHARACTERS = 280
TONES = {
    BookState.WAITING: "queued",
    BookState.READING: "running",
    BookState.READY: "done",
    BookState.FAILED: "failed",
}
# What a passage's score is made of (`finding`), and the types' own scores.
SIGNALS = {
    "average": _l("an average passage"),
    "visible": _l("things to be seen"),
    "senses": _l("light, colour, sound"),
    "adjectives": _l("adjectives"),
    "nouns": _l("nouns"),
    "prepositions": _l("places in space"),
    "names": _l("people and places by name"),
    "verbs": _l("actions"),
    "pronouns": _l("pronouns"),
    "notions": _l("notions"),
    "speech": _l("direct speech"),
    "length": _l("length"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """A part of a score. `is_loss`: it lowers it."""

    name: str
    value: float
    is_loss: bool


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """`text`: whole; `excerpt`: its beginning. `tone`: of the score's badge. `scored`: the scorer's own priority where a
    model, `ranked_by`, gave another. `untranslated`, `is_shortened`: what the English text does without."""

    passage: Passage
    text: str
    excerpt: str
    tone: str
    points: tuple[Point, ...]
    words: tuple[str, ...]
    scored: int | None = None
    ranked_by: str = ""
    untranslated: tuple[str, ...] = ()
    is_shortened: bool = False
    images: tuple[GeneratedImage, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A book in a list. `tone`: of its state's chip."""

    book: Book
    tone: str
    chapters: int
    passages: int
    trouble: str


def rows_of(books: Sequence[Book]) -> list[Row]:
    """Two queries."""
    ids = [book.pk for book in books]
    chapters = dict(_counted(Chapter.objects.filter(book__in=ids), "book_id"))
    passages = dict(
        _counted(
            Passage.objects.filter(chapter__book__in=ids, priority__gte=WORTH_A_PICTURE), "chapter__book_id"
        )
    )
    return [
        Row(
            book,
            TONES[BookState(book.state)],
            chapters.get(book.pk, 0),
            passages.get(book.pk, 0),
            trouble_of(book),
        )
        for book in books
    ]


def _counted(rows: QuerySet[Any], key: str) -> list[tuple[int, int]]:
    return list(rows.order_by().values_list(key).annotate(Count("pk")))


def notes_of(book: Book) -> list[str]:
    return [said(str(note.get("sentence", "")), note.get("values")) for note in book.notes]


def trouble_of(book: Book) -> str:
    """Why it could not be read; empty where it could."""
    return said(book.trouble, book.trouble_values) if book.trouble else ""


def said(sentence: str, values: Any) -> str:
    """A kept sentence in the reader's language; values that are words themselves as well («a PDF document»)."""
    translated = _(sentence) if sentence else ""
    if not isinstance(values, Mapping) or not values:
        return translated
    return translated % {
        name: _(value) if isinstance(value, str) and value else value for name, value in values.items()
    }


def chapters_of(book: Book) -> list[Chapter]:
    """With `passage_count` and `best_count` (worth a picture). One query, without the texts."""
    return list(
        book.chapters.defer("text")
        .annotate(
            passage_count=Count("passages"),
            best_count=Count("passages", filter=Q(passages__priority__gte=WORTH_A_PICTURE)),
        )
        .order_by("number")
    )


def best_of(book: Book, most: int) -> list[ShownPassage]:
    """The best passages of a whole book. Two queries: of each chapter's text only what is shown would need as many more."""
    rows = (
        Passage.objects.filter(chapter__book=book)
        .select_related("chapter")
        .order_by("-priority", "chapter__number", "begin")
    )
    return [shown_passage(row, row.chapter.text) for row in rows[:most]]


def shown_passage(passage: Passage, text: str, images: Sequence[GeneratedImage] = ()) -> ShownPassage:
    whole = text[passage.begin : passage.end]
    flat = " ".join(whole.split())
    parts = passage.parts if isinstance(passage.parts, dict) else {}
    lacks = passage.english_lacks if isinstance(passage.english_lacks, dict) else {}
    return ShownPassage(
        passage=passage,
        text=whole,
        excerpt=flat
        if len(flat) <= EXCERPT_CHARACTERS
        else flat[: EXCERPT_CHARACTERS - 1].rstrip(" .,;:") + "…",
        tone="ok" if passage.priority >= WORTH_A_PICTURE else "wait" if passage.priority >= 50 else "",
        points=tuple(_points(parts.get("points"))),
        words=tuple(str(word) for word in parts.get("words") or ())[:12],
        scored=parts["scored"] if isinstance(parts.get("scored"), int) else None,
        ranked_by=str(parts.get("ranked_by") or ""),
        untranslated=tuple(str(word) for word in lacks.get("untranslated") or ()),
        is_shortened=bool(lacks.get("is_shortened")),
        images=tuple(images),
    )


def _points(points: Any) -> Iterable[Point]:
    """The largest first; what adds nothing is left out."""
    if not isinstance(points, Mapping):
        return
    known = [
        (name, value) for name, value in points.items() if isinstance(value, int | float) and round(value)
    ]
    for name, value in sorted(known, key=lambda one: -abs(one[1])):
        yield Point(str(SIGNALS.get(name, name)), value, value < 0)


def pictures_of(passages: Sequence[Passage]) -> dict[int, list[GeneratedImage]]:
    """{passage id: its pictures, newest first}. One query."""
    by_subject = {subject_of(row.pk): row.pk for row in passages}
    rows = (
        GeneratedImage.objects.filter(subject__in=by_subject).defer(*UNSHOWN).order_by("-pk")[:MOST_PICTURES]
    )
    found: dict[int, list[GeneratedImage]] = {}
    for row in rows:
        found.setdefault(by_subject[row.subject], []).append(row)
    return found
