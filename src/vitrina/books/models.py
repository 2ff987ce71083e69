"""Books, their chapters and the passages worth a picture."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right

NUMERAL = re.compile(r"(?:[IVXLCDM]+|\d+)\.?$")


class Genre(models.TextChoices):
    FANTASY = "fantasy", _("fantasy")
    DETECTIVE = "detective", _("detective story")
    HISTORICAL = "historical", _("historical")
    HORROR = "horror", _("horror")
    SCIENCE_FICTION = "science_fiction", _("science fiction")
    ROMANCE = "romance", _("romance")
    OTHER = "other", _("other")


class PassageType(models.TextChoices):
    LOCATION = "location", _("place")
    CHARACTER = "character", _("character")
    ATMOSPHERE = "atmosphere", _("atmosphere")
    ACTION = "action", _("action")
    OBJECT = "object", _("object")


class BookState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    READING = "reading", _("being read")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class BookQuerySet(models.QuerySet["Book"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> BookQuerySet:
        return of_sellers(self, user, right)


class Book(models.Model):
    """A book as it was given. `file_format`: epub | fb2 | txt. `language`: of its text, «ru» or «en», empty where neither.

    waiting → reading → ready | failed; a failed one is read again when its file is given once more.

    `digest`: SHA-256 of the file, once per seller. `notes`: what the reading left out or doubts, sentences as JSON
    ([{"sentence", "values"}]). `title`, `author`, `language`: as a person said; what is empty is filled by the reading.
    `stored_name`: of the file in the storage, while it is to be read. `trouble`: why it failed, a sentence with its values.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="books", db_index=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    title = models.CharField(_("title"), max_length=300)
    author = models.CharField(_("author"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    genre = models.CharField(_("genre"), max_length=16, choices=Genre, default=Genre.OTHER)
    file_format = models.CharField(_("format"), max_length=8)
    digest = models.CharField(max_length=64)
    notes = models.JSONField(default=list)
    state = models.CharField(_("status"), max_length=8, choices=BookState, default=BookState.WAITING)
    file_name = models.CharField(max_length=255, blank=True)
    stored_name = models.CharField(max_length=255, blank=True)
    job_id = models.BigIntegerField(null=True, blank=True)  # of the reading, latest
    trouble = models.TextField(blank=True)
    trouble_values = models.JSONField(default=dict)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = BookQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "digest"], name="book_once_per_seller")]
        indexes = [models.Index(fields=["seller", "-id"], name="book_of_seller")]
        verbose_name = _("book")
        verbose_name_plural = _("books")

    def __str__(self) -> str:
        return self.title or self.file_name


class ChapterQuerySet(models.QuerySet["Chapter"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ChapterQuerySet:
        return self.filter(book__in=Book.objects.reachable_by(user, right).order_by())


class Chapter(models.Model):
    """`number`: from 1, in reading order. `title`: empty where the book gives none. `text`: paragraphs, one a line.

    `is_searched`: its passages were looked for, in the language that the book has now.
    """

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="chapters", db_index=False)
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=300, blank=True)
    text = models.TextField(_("text"))
    word_count = models.PositiveIntegerField(_("words"), default=0)
    is_searched = models.BooleanField(default=False)

    objects = ChapterQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "number"], name="chapter_once")]
        ordering = ["number"]
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")

    def __str__(self) -> str:
        if not self.title or NUMERAL.match(self.title):  # «V» alone says nothing in a list of other things
            return gettext("Chapter %(number)s") % {"number": self.title.rstrip(".") or self.number}
        return self.title


class PassageQuerySet(models.QuerySet["Passage"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> PassageQuerySet:
        return self.filter(chapter__book__in=Book.objects.reachable_by(user, right).order_by())


class Passage(models.Model):
    """A descriptive piece of a chapter: characters `begin` to `end` of its text, 0-based, the end not included.

    `priority`: 0–100; `parts`: what it is made of, JSON. `names`: people and places in it that have a sheet.
    `english`: what is to be seen, in English; `english_source`: «offline», «provider:model» or «person».
    `english_lacks`: what a machine left out of it, {"untranslated": [words], "is_shortened": bool}; empty: nothing.
    """

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="passages", db_index=False)
    begin = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    type = models.CharField(_("type"), max_length=12, choices=PassageType)
    priority = models.PositiveSmallIntegerField(_("priority"))
    parts = models.JSONField(default=dict)
    names = models.JSONField(default=list)
    english = models.TextField(_("in English"), blank=True)
    english_source = models.CharField(max_length=120, blank=True)
    english_lacks = models.JSONField(default=dict)

    objects = PassageQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chapter", "begin", "end"], name="passage_once")]
        indexes = [models.Index(fields=["chapter", "-priority"], name="passage_by_priority")]
        verbose_name = _("passage")
        verbose_name_plural = _("passages")

    def __str__(self) -> str:
        return f"{self.type} {self.priority}"


class CharacterSheetQuerySet(models.QuerySet["CharacterSheet"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> CharacterSheetQuerySet:
        return self.filter(book__in=Book.objects.reachable_by(user, right).order_by())


class CharacterSheet(models.Model):
    """How a person or place of a book looks, so that it looks the same in every picture. `look`: English words.

    `look_source`: the model that was asked for it last, «provider:model», also where it could tell no look; empty: none was.
    `passage`: the description it was taken from. `is_confirmed`: a person wrote or approved it, and no machine changes it.
    """

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="sheets", db_index=False)
    name = models.CharField(_("name"), max_length=120)
    is_place = models.BooleanField(default=False)
    look = models.TextField(_("look"), blank=True)
    look_source = models.CharField(max_length=120, blank=True)
    passage = models.ForeignKey(Passage, models.SET_NULL, null=True, blank=True, related_name="+")
    is_confirmed = models.BooleanField(default=False)

    objects = CharacterSheetQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "name"], name="sheet_once")]
        verbose_name = _("character sheet")
        verbose_name_plural = _("character sheets")

    def __str__(self) -> str:
        return self.name
