"""Jobs of books: reading one with its passages, and asking for pictures; killed anywhere, each goes on where it was."""

from __future__ import annotations

from vitrina.accounts.models import User
from vitrina.books import illustrating, keeping_sheets, sampling, searching, taking_in
from vitrina.books.intake import READ
from vitrina.books.models import Book, BookState, Chapter, Passage
from vitrina.books.reading.book import BookRefused
from vitrina.engine.errors import EngineError, LimitReached
from vitrina.imagery import asking
from vitrina.jobs.models import Job
from vitrina.jobs.outcomes import Cancel, Done, Fail, Outcome, Snooze
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.running import RunningJob

DEADLINE_SECONDS = 900.0
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


def _picked(chapter: Chapter, by: User | None, most: int | None) -> tuple[int, ...]:
    passages = list(chapter.passages.all())
    pictures = illustrating.pictures_of(passages)
    return illustrating.plan(chapter, passages, pictures, user_id=by.pk if by else None, most=most).ids
