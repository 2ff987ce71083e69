"""Jobs of books: reading one and looking for its passages; killed anywhere, it goes on where it was."""

from __future__ import annotations

from vitrina.books import searching, taking_in
from vitrina.books.intake import READ
from vitrina.books.models import Book, BookState
from vitrina.books.reading.book import BookRefused
from vitrina.jobs.outcomes import Cancel, Done, Fail, Outcome
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
    for done, chapter in enumerate(waiting, start=searched + 1):
        found += searching.search(book, chapter)
        job.progress(step="book_search", done=done, total=len(chapters))
    Book.objects.filter(pk=book.pk).exclude(state=BookState.FAILED).update(state=BookState.READY)
    return Done({"book_id": book.pk, "chapters": len(chapters), "passages": found})
