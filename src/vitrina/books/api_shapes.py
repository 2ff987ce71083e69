"""Books as programs see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from vitrina.books import showing
from vitrina.books.models import Book, BookState, Chapter, CharacterSheet, Genre, Passage, PassageType
from vitrina.books.picking import MOST_IN_A_BATCH
from vitrina.jobs.api_shapes import Accepted
from vitrina.rest.fields import Choice, Given, Id, Shown, Text, Whole
from vitrina.rest.paging import PageAsked

LANGUAGES = ("ru", "en")
MOST_TEXT_CHARACTERS = 5_000_000  # of a book that is given as a text in JSON
MOST_ENGLISH_CHARACTERS = 2_000
MOST_LOOK_CHARACTERS = 1_000


class BookShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    title = serializers.CharField(allow_blank=True)
    author = serializers.CharField(allow_blank=True)
    language = serializers.CharField(allow_blank=True)
    genre = serializers.ChoiceField(Genre.values)
    format = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(BookState.values)
    trouble = serializers.CharField(allow_blank=True)
    notes = serializers.ListField(child=serializers.CharField())
    job = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()


class BookAccepted(Accepted):
    book = BookShown()


class ChapterShown(Shown):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    title = serializers.CharField(allow_blank=True)
    words = serializers.IntegerField()
    is_searched = serializers.BooleanField()


class ChapterTextShown(ChapterShown):
    text = serializers.CharField()


class PassageShown(Shown):
    id = serializers.IntegerField()
    chapter = serializers.IntegerField()
    begin = serializers.IntegerField()
    end = serializers.IntegerField()
    type = serializers.ChoiceField(PassageType.values)
    priority = serializers.IntegerField()
    parts = serializers.DictField()
    names = serializers.ListField(child=serializers.CharField())
    english = serializers.CharField(allow_blank=True)
    english_source = serializers.CharField(allow_blank=True)
    english_lacks = serializers.DictField()


class SheetShown(Shown):
    id = serializers.IntegerField()
    name = serializers.CharField()
    is_place = serializers.BooleanField()
    look = serializers.CharField(allow_blank=True)
    look_source = serializers.CharField(allow_blank=True)
    is_confirmed = serializers.BooleanField()
    passage = serializers.IntegerField(allow_null=True)


BOOK = {
    "id": 3,
    "seller": 1,
    "title": "Дом за оврагом",
    "author": "Анна Кузнецова",
    "language": "ru",
    "genre": "historical",
    "format": "fb2",
    "state": "ready",
    "trouble": "",
    "notes": ["The footnotes were left out."],
    "job": 7,
    "created_at": "2026-03-01T10:00:00+03:00",
}
CHAPTER = {"id": 12, "number": 1, "title": "Глава первая", "words": 1840, "is_searched": True}
PASSAGE = {
    "id": 41,
    "chapter": 12,
    "begin": 310,
    "end": 870,
    "type": "location",
    "priority": 84,
    "parts": {
        "points": {"average": 40.0, "visible": 31.5},
        "types": {"location": 9.5},
        "words": ["дом", "сад"],
    },
    "names": ["Ибрагим"],
    "english": "an old house with boarded windows behind a ravine, moss on its roof",
    "english_source": "offline",
    "english_lacks": {"untranslated": ["мшелый"], "is_shortened": True},
}
SHEET = {
    "id": 5,
    "name": "Ибрагим",
    "is_place": False,
    "look": "tall young officer, dark skin, green uniform",
    "look_source": "",
    "is_confirmed": True,
    "passage": 41,
}


class BooksAsked(PageAsked):
    seller = Id(required=False)
    state = Choice(BookState.values, required=False)


class PassagesAsked(PageAsked):
    chapter = Whole(required=False, min_value=1, max_value=100_000, help_text=_("The chapter's number."))
    type = Choice(PassageType.values, required=False)
    min_priority = Whole(required=False, min_value=0, max_value=100)


class BookGiven(Given):
    seller = Id()
    text = Text(
        max_length=MOST_TEXT_CHARACTERS, trim_whitespace=False, help_text=_("The whole book as plain text.")
    )
    title = Text(required=False, max_length=300)
    author = Text(required=False, max_length=300)
    genre = Choice(Genre.values, required=False, default=Genre.OTHER.value)
    language = Choice(LANGUAGES, required=False, help_text=_("Without it the text tells."))


class BookUpload(Given):
    seller = Id()
    file = serializers.FileField(help_text=_("EPUB, FB2 (also zipped) or TXT"))
    title = Text(required=False, max_length=300)
    author = Text(required=False, max_length=300)
    genre = Choice(Genre.values, required=False, default=Genre.OTHER.value)
    language = Choice(LANGUAGES, required=False)


class BookChange(Given):
    title = Text(required=False, max_length=300)
    author = Text(required=False, max_length=300, allow_blank=True)
    genre = Choice(Genre.values, required=False)
    language = Choice(
        LANGUAGES, required=False, help_text=_("With another one passages are looked for anew.")
    )


class IllustrationAsked(Given):
    most = Whole(
        required=False,
        default=MOST_IN_A_BATCH,
        min_value=1,
        max_value=MOST_IN_A_BATCH,
        help_text=_("Pictures at most, the best passages first."),
    )


class EnglishGiven(Given):
    english = Text(
        max_length=MOST_ENGLISH_CHARACTERS,
        allow_blank=True,
        help_text=_("Empty hands the passage back to the machine."),
    )


class LookGiven(Given):
    look = Text(
        max_length=MOST_LOOK_CHARACTERS,
        allow_blank=True,
        help_text=_("In English. Empty hands it back to the machine."),
    )


def books_shown(rows: Sequence[Book]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "seller": row.seller_id,
            "title": row.title,
            "author": row.author,
            "language": row.language,
            "genre": str(row.genre),
            "format": row.file_format,
            "state": str(row.state),
            "trouble": showing.trouble_of(row),
            "notes": showing.notes_of(row),
            "job": row.job_id,
            "created_at": row.created_at,
        }
        for row in rows
    ]


def chapters_shown(rows: Sequence[Chapter]) -> list[dict[str, Any]]:
    """Without the texts."""
    return [
        {
            "id": row.pk,
            "number": row.number,
            "title": row.title,
            "words": row.word_count,
            "is_searched": row.is_searched,
        }
        for row in rows
    ]


def passages_shown(rows: Sequence[Passage]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "chapter": row.chapter_id,
            "begin": row.begin,
            "end": row.end,
            "type": str(row.type),
            "priority": row.priority,
            "parts": row.parts,
            "names": row.names,
            "english": row.english,
            "english_source": row.english_source,
            "english_lacks": row.english_lacks,
        }
        for row in rows
    ]


def sheets_shown(rows: Sequence[CharacterSheet]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "name": row.name,
            "is_place": row.is_place,
            "look": row.look,
            "look_source": row.look_source,
            "is_confirmed": row.is_confirmed,
            "passage": row.passage_id,
        }
        for row in rows
    ]
