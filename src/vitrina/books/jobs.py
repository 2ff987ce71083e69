"""Jobs of books: reading one, asking for pictures and for what a model says; killed anywhere, each goes on where it was."""

from __future__ import annotations

from dataclasses import asdict

from vitrina.accounts.models import User
from vitrina.books import (
    illustrating,
    keeping_sheets,
    portraying,
    refining_chapters,
    sampling,
    searching,
    taking_in,
)
from vitrina.books.intake import READ
from vitrina.books.models import Book, BookState, Chapter, Passage
from vitrina.books.reading.book import BookRefused
from vitrina.engine.errors import EngineError, EngineStopped, LimitReached
from vitrina.imagery import asking
from vitrina.jobs.models import Job
from vitrina.jobs.outcomes import Cancel, Done, Fail, Outcome, Retry, Snooze
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.running import RunningJob

DEADLINE_SECONDS = 900.0
PORTRAITS_SECONDS = 2_400.0  # each of its names may take the engine's 90 s
AT_ONCE = 4  # each may take a process with some hundred megabytes


@handler(READ, limits=Limits(running=AT_ONCE), deadline_seconds=DEADLINE_SECONDS, reruns=True)
def read_book(job: RunningJob) -> Outcome:
    """{"book_id"}"""
    book = Book.objects.filter(pk=job.payload["book_id"]).first()
    if book is None:
        return Cancel("The book was deleted.")
    job.progress(step="book_read")
    try:
        taking_in.take_in(book, while_reading=job.checkpoint)
    except BookRefused as refused:
        return Fail(str(refused))
    chapters = list(book.chapters.defer("text").order_by("number"))
    waiting = [chapter for chapter in chapters if not chapter.is_searched]
    searched, found = len(chapters) - len(waiting), 0
    job.progress(step="book_search", done=searched, total=len(chapters))
    is_unfinished = bool(waiting) or book.state != BookState.READY
    names = searching.names_of(book) if is_unfinished else []
    for done, chapter in enumerate(waiting, start=searched + 1):
        found += searching.search(book, chapter, names)
        job.progress(step="book_search", done=done, total=len(chapters))
    if is_unfinished:
        keeping_sheets.keep_sheets(book, names)
    if book.is_sample and is_unfinished:
        sampling.illustrate_sample(book)
    Book.objects.filter(pk=book.pk).exclude(state=BookState.FAILED).update(state=BookState.READY)
    return Done({"book_id": book.pk, "chapters": len(chapters), "passages": found})


@handler(illustrating.KIND, limits=Limits(running=AT_ONCE), deadline_seconds=DEADLINE_SECONDS)
def illustrate(job: RunningJob) -> Outcome:
    """{"chapter_id", "only": a passage or None, "most", "by"}: puts passages into English and asks for their pictures.

    A passage that fails doesn't stop the others; the job tells how many did, and why the last one.
    """
    said = job.payload
    chapter = Chapter.objects.select_related("book__seller").filter(pk=said["chapter_id"]).first()
    if chapter is None:
        return Cancel("The book was deleted.")
    by = User.objects.filter(pk=said["by"]).first() if said["by"] else None
    asked_at = Job.objects.values_list("created_at", flat=True).get(pk=job.id)
    only = said["only"]
    wish = illustrating.Wish(job.id, asked_at, only is not None, said["service"], by)
    ids = (only,) if only is not None else _picked(chapter, by, said["most"])
    series = illustrating.series_of(chapter, by=by)
    asked, trouble = 0, []
    for done, passage_id in enumerate(ids):
        job.progress(step="book_describe", done=done, total=len(ids))
        passage = Passage.objects.filter(pk=passage_id, chapter=chapter).first()
        if passage is None:
            continue
        try:
            illustrating.draw(passage, chapter, series, wish)
        except (asking.PicturesSpent, LimitReached) as spent:  # neither would there be any for the next
            trouble.append(str(spent))
            break
        except asking.QueueFull as full:
            return Snooze(seconds=full.retry_after)
        except EngineError as error:
            trouble.append(str(error))
        else:
            asked += 1
    told = {"chapter_id": chapter.pk, "asked": asked, "failed": len(trouble)}
    if trouble and not asked:
        return Fail(trouble[-1])
    return Done(told | ({"trouble": trouble[-1]} if trouble else {}))


@handler(refining_chapters.KIND, limits=Limits(running=AT_ONCE), deadline_seconds=DEADLINE_SECONDS)
def refine(job: RunningJob) -> Outcome:
    """{"chapter_id", "by"}: the chapter's best passages get the priorities that a model gives them."""
    chapter = Chapter.objects.select_related("book").filter(pk=job.payload["chapter_id"]).first()
    if chapter is None:
        return Cancel("The book was deleted.")
    job.progress(step="book_rank")
    try:
        source, changed = refining_chapters.refine(chapter, job_id=job.id, user_id=job.payload["by"])
    except EngineStopped:
        return Snooze(seconds=0)
    except LimitReached as limit:
        return Fail(limit.sentence)
    except EngineError as error:
        if error.permanent:
            return Fail(error.sentence)
        return Retry(error.sentence, after_seconds=error.retry_after)
    return Done({"chapter_id": chapter.pk, "source": source, "changed": changed})


@handler(portraying.KIND, limits=Limits(running=AT_ONCE), deadline_seconds=PORTRAITS_SECONDS)
def ask_for_looks(job: RunningJob) -> Outcome:
    """{"book_id", "by"}: names without a look are asked for, one after the other."""
    book = Book.objects.filter(pk=job.payload["book_id"]).first()
    if book is None:
        return Cancel("The book was deleted.")
    job.progress(step="book_looks")

    def how_far(done: int, total: int) -> None:
        job.progress(step="book_looks", done=done, total=total)

    try:
        told = portraying.portray(book, job_id=job.id, user_id=job.payload["by"], told_how_far=how_far)
    except EngineStopped:
        return Snooze(seconds=0)
    if told.failed and not told.asked:
        return Fail(told.trouble)
    return Done({"book_id": book.pk} | asdict(told))


def _picked(chapter: Chapter, by: User | None, most: int | None) -> tuple[int, ...]:
    passages = list(chapter.passages.all())
    pictures = illustrating.pictures_of(passages)
    return illustrating.plan(chapter, passages, pictures, user_id=by.pk if by else None, most=most).ids
