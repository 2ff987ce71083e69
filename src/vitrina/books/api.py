"""Books for programs: give one, see its chapters, passages and character sheets, have pictures made."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.books import api_shapes as shapes
from vitrina.books import changing, illustrating, intake, portraying, refining_chapters, showing
from vitrina.books.models import Book, Chapter, CharacterSheet, Passage
from vitrina.books.reading.book import BookRefused
from vitrina.jobs.api_shapes import JOB, Accepted, accepted
from vitrina.jobs.models import Job
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem, told_as


def _no_book(refused: BookRefused) -> Problem:
    sentence = showing.said(refused.sentence, refused.values)
    return Problem(422, "invalid", sentence, errors={"file": [sentence]})


told_as(BookRefused, _no_book)
for nothing_left in (
    illustrating.NothingToDraw,
    refining_chapters.NothingToRank,
    portraying.NothingToPortray,
):
    told_as(nothing_left, lambda nothing: Problem(409, "conflict", str(nothing)))

NEXT = {"kind": "books.read", "title": "Дом за оврагом"}
RANKS = {"kind": "books.refine", "title": "Дом за оврагом · Глава первая"}
ASKS = {"kind": "books.portraits", "title": "Дом за оврагом"}
DRAWS = {"kind": "books.illustrate", "title": "Дом за оврагом · Глава первая"}


class BooksDoor(Door):
    @operation(
        _("List books"),
        query=shapes.BooksAsked,
        answers=shapes.BookShown,
        is_list=True,
        examples=[Example(shapes.BOOK)],
    )
    def get(self, request: ApiRequest) -> Response:
        names = {"seller": "seller_id", "state": "state"}
        narrowed = {column: self.asked[name] for name, column in names.items() if name in self.asked}
        rows = Book.objects.reachable_by(request.user).filter(**narrowed)
        return Response(page(request, rows, shapes.books_shown, self.asked))

    @operation(
        _("Read a book"),
        words=_(
            "As a file (multipart: EPUB, FB2, zipped FB2, TXT) or as plain text (JSON). Reading is a job; the same file "
            "again is the same book, and what is not given is taken from the file."
        ),
        right=Right.ILLUSTRATE,
        body=shapes.BookGiven,
        upload=shapes.BookUpload,
        answers=shapes.BookAccepted,
        status=202,
        once=True,
        examples=[
            Example(
                {"seller": 1, "text": "Глава первая\n\nЗа оврагом стоял старый дом …", "genre": "historical"},
                is_given=True,
            ),
            Example({"job": JOB | NEXT, "book": shapes.BOOK | {"state": "waiting", "notes": []}}),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest) -> Response:
        given: dict[str, Any] = self.given
        seller = reach(Seller.objects, request.user, Right.ILLUSTRATE, pk=given["seller"])
        file = given.get("file") or io.BytesIO(given["text"].encode("utf-8", "replace"))
        book = intake.take(
            seller,
            file,
            file_name=getattr(file, "name", "") or "book.txt",
            genre=given["genre"],
            title=given.get("title", ""),
            author=given.get("author", ""),
            language=given.get("language", ""),
            by=request.user,
        )
        job = Job.objects.filter(pk=book.job_id or 0).first()
        return accepted(job, book=shapes.books_shown([book])[0])


class BookDoor(Door):
    @operation(_("One book"), answers=shapes.BookShown, examples=[Example(shapes.BOOK)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(shapes.books_shown([reach(Book.objects, request.user, Right.VIEW, pk=pk)])[0])

    @operation(
        _("Change a book"),
        words=_("Only what is given changes."),
        right=Right.ILLUSTRATE,
        body=shapes.BookChange,
        answers=shapes.BookShown,
        examples=[Example({"genre": "horror"}, is_given=True), Example(shapes.BOOK | {"genre": "horror"})],
        refusals=[404],
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        book = reach(Book.objects, request.user, Right.ILLUSTRATE, pk=pk)
        changing.change(book, by=request.user, **self.given)
        return Response(shapes.books_shown([book])[0])

    @operation(
        _("Delete a book"),
        words=_("With its chapters and passages; the pictures that were made of it stay."),
        right=Right.ILLUSTRATE,
        status=204,
        refusals=[404],
    )
    def delete(self, request: ApiRequest, pk: int) -> Response:
        changing.delete(reach(Book.objects, request.user, Right.ILLUSTRATE, pk=pk), by=request.user)
        return Response(status=204)


class BookChaptersDoor(Door):
    @operation(
        _("Chapters of a book"),
        words=_("In reading order, without their texts."),
        query=PageAsked,
        answers=shapes.ChapterShown,
        is_list=True,
        examples=[Example(shapes.CHAPTER)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        book = reach(Book.objects, request.user, Right.VIEW, pk=pk)
        rows = Chapter.objects.filter(book=book).defer("text")
        return Response(page(request, rows, shapes.chapters_shown, self.asked, order=("number", "pk")))


class BookChapterDoor(Door):
    @operation(
        _("One chapter with its text"),
        answers=shapes.ChapterTextShown,
        examples=[Example(shapes.CHAPTER | {"text": "За оврагом стоял старый дом …"})],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int, number: int) -> Response:
        chapter = reach(Chapter.objects, request.user, Right.VIEW, book_id=pk, number=number)
        return Response(shapes.chapters_shown([chapter])[0] | {"text": chapter.text})


class BookIllustrationDoor(Door):
    @operation(
        _("Illustrate a chapter"),
        words=_(
            "Pictures of its passages with a priority of 70 or more that have none, best first, no more than the plan has "
            "left; at most three are made at once. The pictures have the subject «passage:<id>»."
        ),
        right=Right.ILLUSTRATE,
        body=shapes.IllustrationAsked,
        answers=Accepted,
        status=202,
        once=True,
        examples=[Example({"most": 5}, is_given=True), Example({"job": JOB | DRAWS})],
        refusals=[404, 409],
    )
    def post(self, request: ApiRequest, pk: int, number: int) -> Response:
        chapter = reach(
            Chapter.objects.select_related("book__seller"),
            request.user,
            Right.ILLUSTRATE,
            book_id=pk,
            number=number,
        )
        return accepted(illustrating.begin(chapter, most=self.given["most"], by=request.user))


class BookRefinementDoor(Door):
    @operation(
        _("Rank a chapter once more"),
        words=_(
            "A model gives the twenty best passages priorities of its own; the scorer's are kept in "
            "`parts.scored`. Without a model nothing changes, and the job's result names the source «offline»."
        ),
        right=Right.ILLUSTRATE,
        answers=Accepted,
        status=202,
        once=True,
        examples=[Example({"job": JOB | RANKS})],
        refusals=[404, 409],
    )
    def post(self, request: ApiRequest, pk: int, number: int) -> Response:
        chapter = reach(
            Chapter.objects.select_related("book"), request.user, Right.ILLUSTRATE, book_id=pk, number=number
        )
        return accepted(refining_chapters.begin(chapter, by=request.user))


class BookPortraitsDoor(Door):
    @operation(
        _("Ask for the looks"),
        words=_(
            "A model is asked how people and places without a look do look, the best known first, at most twenty a "
            "job. What a person wrote is not touched."
        ),
        right=Right.ILLUSTRATE,
        answers=Accepted,
        status=202,
        once=True,
        examples=[Example({"job": JOB | ASKS})],
        refusals=[404, 409],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        book = reach(Book.objects, request.user, Right.ILLUSTRATE, pk=pk)
        return accepted(portraying.begin(book, by=request.user))


class BookPassagesDoor(Door):
    @operation(
        _("Passages of a book"),
        words=_("Best first. `begin` and `end` count characters of the chapter's text."),
        query=shapes.PassagesAsked,
        answers=shapes.PassageShown,
        is_list=True,
        examples=[Example(shapes.PASSAGE)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        book = reach(Book.objects, request.user, Right.VIEW, pk=pk)
        names = {"chapter": "chapter__number", "type": "type", "min_priority": "priority__gte"}
        narrowed = {column: self.asked[name] for name, column in names.items() if name in self.asked}
        rows = Passage.objects.filter(chapter__book=book, **narrowed)
        return Response(page(request, rows, shapes.passages_shown, self.asked, order=("-priority", "pk")))


class PassageDoor(Door):
    @operation(
        _("One passage"), answers=shapes.PassageShown, examples=[Example(shapes.PASSAGE)], refusals=[404]
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(shapes.passages_shown([reach(Passage.objects, request.user, Right.VIEW, pk=pk)])[0])

    @operation(
        _("Write a passage in English"),
        words=_("What is to be seen; no machine changes it afterwards."),
        right=Right.ILLUSTRATE,
        body=shapes.EnglishGiven,
        answers=shapes.PassageShown,
        examples=[Example({"english": shapes.PASSAGE["english"]}, is_given=True), Example(shapes.PASSAGE)],
        refusals=[404],
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        rows = Passage.objects.select_related("chapter__book")
        passage = reach(rows, request.user, Right.ILLUSTRATE, pk=pk)
        changing.write_english(passage, self.given["english"], by=request.user)
        return Response(shapes.passages_shown([passage])[0])


class PassageIllustrationDoor(Door):
    @operation(
        _("Draw one passage"),
        words=_("Whatever its priority; where it has a picture, another one."),
        right=Right.ILLUSTRATE,
        answers=Accepted,
        status=202,
        once=True,
        examples=[Example({"job": JOB | DRAWS})],
        refusals=[404, 409],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        passage = reach(
            Passage.objects.select_related("chapter__book__seller"), request.user, Right.ILLUSTRATE, pk=pk
        )
        return accepted(illustrating.begin(passage.chapter, only=passage.pk, by=request.user))


class BookSheetsDoor(Door):
    @operation(
        _("Character sheets of a book"),
        words=_("How its people and places look, in English; it goes into every picture with the name."),
        query=PageAsked,
        answers=shapes.SheetShown,
        is_list=True,
        examples=[Example(shapes.SHEET)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        book = reach(Book.objects, request.user, Right.VIEW, pk=pk)
        return Response(
            page(
                request,
                CharacterSheet.objects.filter(book=book),
                shapes.sheets_shown,
                self.asked,
                order=("pk",),
            )
        )


class CharacterSheetDoor(Door):
    @operation(
        _("Write a character sheet"),
        words=_("A look that a person wrote is confirmed: no machine changes it."),
        right=Right.ILLUSTRATE,
        body=shapes.LookGiven,
        answers=shapes.SheetShown,
        examples=[Example({"look": shapes.SHEET["look"]}, is_given=True), Example(shapes.SHEET)],
        refusals=[404],
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        rows = CharacterSheet.objects.select_related("book")
        sheet = reach(rows, request.user, Right.ILLUSTRATE, pk=pk)
        changing.write_sheet(sheet, self.given["look"], by=request.user)
        return Response(shapes.sheets_shown([sheet])[0])
