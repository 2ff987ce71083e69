"""Pages of the books: all of them, a new one, one with its chapters, best passages and character sheets."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.books import changing, intake, portraying, showing, showing_models
from vitrina.books.forms import BookForm, ChangeForm
from vitrina.books.models import Book, BookState, CharacterSheet
from vitrina.books.reading.book import DEFAULT_LIMITS, BookRefused
from vitrina.jobs import events
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.models import Job

RIGHT = Right.ILLUSTRATE
PAGE = 30
BEST = 6
SHEETS = 60
MOST_LOOK_CHARACTERS = 1_000


@require_http_methods(["GET", "HEAD", "POST"])
def books_page(request: PersonRequest) -> HttpResponseBase:
    sellers = Seller.objects.reachable_by(request.user, RIGHT)
    form = BookForm(request.POST or None, request.FILES or None, sellers=sellers)
    if request.method == "POST":
        if not sellers:
            raise PermissionDenied
        if form.is_valid():
            given = form.cleaned_data
            try:
                book = intake.take(
                    given["seller"],
                    given["file"],
                    file_name=given["file"].name,
                    genre=given["genre"],
                    language=given["language"],
                    by=request.user,
                )
            except BookRefused as refused:
                form.add_error("file", showing.said(refused.sentence, refused.values))
            except QueueFull as full:
                form.add_error(None, str(full))
            else:
                return _to(request, book)
    screen = by_key(
        Book.objects.reachable_by(request.user).select_related("seller", "created_by"), request, size=PAGE
    )
    context = {
        "form": form,
        "slice": screen,
        "rows": showing.rows_of(screen.rows),
        "can_add": bool(sellers),
        "limit_mb": DEFAULT_LIMITS.file_bytes // 10**6,
        "is_live": any(book.state in (BookState.WAITING, BookState.READING) for book in screen.rows),
    }
    return page_or_part(
        request, "books/books.html", "books/book_list.html", context, status=422 if form.errors else 200
    )


@require_safe
def book_page(request: PersonRequest, pk: int) -> HttpResponse:
    after = events.last_id()
    book = reach(Book.objects.select_related("seller", "created_by"), request.user, Right.VIEW, pk=pk)
    job = Job.objects.live().filter(pk=book.job_id).first() if book.job_id else None
    is_read = job is not None
    asking = portraying.latest_job(book)
    if job is None and asking is not None and asking.is_live:
        job = asking
    rights = rights_of(request.user, book.seller_id)
    context = {
        "book": book,
        "job": job,
        "is_live": job is not None,
        "is_left": not is_read and book.state in (BookState.WAITING, BookState.READING),
        "tone": showing.TONES[BookState(book.state)],
        "trouble": showing.trouble_of(book),
        "notes": showing.notes_of(book),
        "chapters": showing.chapters_of(book),
        "best": showing.best_of(book, BEST),
        "sheets": list(book.sheets.select_related("passage__chapter").order_by("is_place", "name")[:SHEETS]),
        "can_ask_looks": portraying.is_anything_left(book),
        "asked_looks": showing_models.asked_looks_of(asking),
        "form": ChangeForm(book=book),
        "rights": rights,
        "after": after,
        "most_look": MOST_LOOK_CHARACTERS,
    }
    return page_or_part(request, "books/book.html", "books/book_body.html", context)


@require_POST
def book_change(request: PersonRequest, pk: int) -> HttpResponse:
    book = reach(Book.objects, request.user, RIGHT, pk=pk)
    form = ChangeForm(request.POST, book=book)
    if form.is_valid():
        try:
            changing.change(book, by=request.user, **form.cleaned_data)
        except QueueFull as full:
            messages.warning(request, str(full))
        else:
            messages.success(request, _("Saved."))
    else:
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
    return redirect("book", pk=pk)


@require_POST
def book_removal(request: PersonRequest, pk: int) -> HttpResponse:
    book = reach(Book.objects, request.user, RIGHT, pk=pk)
    changing.delete(book, by=request.user)
    messages.success(
        request, _("«%(title)s» was deleted. The pictures that were made of it stay.") % {"title": book}
    )
    return redirect("books")


@require_POST
def book_portraits(request: PersonRequest, pk: int) -> HttpResponse:
    """Looks of the names that have none, asked of a model."""
    book = reach(Book.objects, request.user, RIGHT, pk=pk)
    try:
        portraying.begin(book, by=request.user)
    except QueueFull as full:
        messages.warning(request, str(full))
    except portraying.NothingToPortray as nothing:
        messages.info(request, str(nothing))
    return redirect(f"{reverse('book', args=[pk])}#sheets")


@require_POST
def character_sheet_look(request: PersonRequest, pk: int) -> HttpResponse:
    sheet = reach(CharacterSheet.objects.select_related("book"), request.user, RIGHT, pk=pk)
    changing.write_sheet(sheet, request.POST.get("look", "")[:MOST_LOOK_CHARACTERS], by=request.user)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('book', args=[sheet.book_id])}#sheets")


def _to(request: PersonRequest, book: Book) -> HttpResponse:
    """Straight to the book; htmx is told where to go, for it would put the page into the form's place."""
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("book", args=[book.pk])
        return response
    return redirect("book", pk=book.pk)
