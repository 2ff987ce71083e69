"""Pages of a chapter: its text with the passages marked, each passage with its score, English text and pictures."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.books import changing, illustrating, refining_chapters, showing, showing_models
from vitrina.books.highlighting import Span, paragraphs
from vitrina.books.models import Chapter, Passage
from vitrina.imagery.showing import tiles_of
from vitrina.jobs import events
from vitrina.jobs.enqueue import QueueFull

RIGHT = Right.ILLUSTRATE
MOST_ENGLISH_CHARACTERS = 2_000
TEXT_CHARACTERS = 200_000  # of a chapter on its page


@require_safe
def chapter_page(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    after = events.last_id()
    chapter = reach(
        Chapter.objects.select_related("book__seller"), request.user, Right.VIEW, book_id=pk, number=number
    )
    book = chapter.book
    passages = list(chapter.passages.order_by("-priority", "begin"))
    pictures = showing.pictures_of(passages)
    rows = [showing.shown_passage(one, chapter.text, pictures.get(one.pk, [])) for one in passages]
    ranking = refining_chapters.latest_job(chapter)
    job = illustrating.live_job(chapter) or (ranking if ranking is not None and ranking.is_live else None)
    text = chapter.text[:TEXT_CHARACTERS]
    context = {
        "book": book,
        "chapter": chapter,
        "paragraphs": paragraphs(text, [Span(one.begin, one.end, one.pk) for one in passages]),
        "priorities": {one.pk: one.priority for one in passages},
        "is_cut": len(chapter.text) > TEXT_CHARACTERS,
        "rows": [{"shown": row, "tiles": tiles_of(row.images, after=after)} for row in rows],
        "plan": illustrating.plan(chapter, passages, pictures, user_id=request.user.pk),
        "neighbours": _neighbours(chapter),
        "job": job,
        "ranking": showing_models.ranking_of(ranking),
        "is_live": job is not None,
        "rights": rights_of(request.user, book.seller_id),
        "after": after,
        "most_english": MOST_ENGLISH_CHARACTERS,
    }
    return page_or_part(request, "books/chapter.html", "books/chapter_body.html", context)


@require_POST
def chapter_illustration(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """The best passages that have no picture; with `passage` that one alone, whatever its score."""
    chapter = reach(
        Chapter.objects.select_related("book__seller"), request.user, RIGHT, book_id=pk, number=number
    )
    wanted = request.POST.get("passage", "")
    only = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None
    try:
        illustrating.begin(chapter, only=only, by=request.user)
    except QueueFull as full:
        messages.warning(request, str(full))
    except illustrating.NothingToDraw as nothing:
        messages.info(request, str(nothing))
    address = reverse("book_chapter", args=[pk, number])
    return redirect(f"{address}#passage-{only}" if only else address)


@require_POST
def chapter_refinement(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """The best passages, ranked once more by a model."""
    chapter = reach(
        Chapter.objects.select_related("book__seller"), request.user, RIGHT, book_id=pk, number=number
    )
    try:
        refining_chapters.begin(chapter, by=request.user)
    except QueueFull as full:
        messages.warning(request, str(full))
    except refining_chapters.NothingToRank as nothing:
        messages.info(request, str(nothing))
    return redirect("book_chapter", pk=pk, number=number)


@require_safe
def passage_page(request: PersonRequest, pk: int) -> HttpResponse:
    """Where a passage stands in its chapter."""
    passage = reach(Passage.objects.select_related("chapter"), request.user, Right.VIEW, pk=pk)
    chapter = passage.chapter
    return redirect(f"{reverse('book_chapter', args=[chapter.book_id, chapter.number])}#passage-{pk}")


@require_POST
def passage_english(request: PersonRequest, pk: int) -> HttpResponse:
    passage = reach(Passage.objects.select_related("chapter__book"), request.user, RIGHT, pk=pk)
    changing.write_english(
        passage, request.POST.get("english", "")[:MOST_ENGLISH_CHARACTERS], by=request.user
    )
    messages.success(request, _("Saved."))
    return redirect("passage", pk=pk)


def _neighbours(chapter: Chapter) -> dict[str, Chapter | None]:
    others = Chapter.objects.filter(book_id=chapter.book_id).defer("text")
    return {
        "before": others.filter(number__lt=chapter.number).order_by("-number").first(),
        "after": others.filter(number__gt=chapter.number).order_by("number").first(),
    }
