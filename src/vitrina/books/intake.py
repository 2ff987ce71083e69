"""Taking a book in: the file is kept and its reading queued. The same file again is the same book."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.books.models import Book, BookState, Genre
from vitrina.books.reading.book import DEFAULT_LIMITS, BookRefused
from vitrina.books.reading.sniffing import EMPTY, TOO_BIG
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.jobs.models import Job
from vitrina.lib import files

READ = "books.read"
LANGUAGES = ("ru", "en")
PIECE = 1024 * 1024


def take(
    seller: Seller,
    file: BinaryIO,
    *,
    file_name: str,
    genre: str = Genre.OTHER,
    title: str = "",
    author: str = "",
    language: str = "",
    is_sample: bool = False,
    by: User | None = None,
    priority: Priority = Priority.OPERATOR,
) -> Book:
    """The book, which is read by a job. What is given empty is filled from the file.

    Raises BookRefused where the file is empty or too big, QueueFull at the seller's limit of jobs. Nothing was kept then.
    """
    digest = _digest(file)
    file.seek(0)
    name = files.new_name("books", Path(file_name).suffix)
    is_kept = False
    try:
        with transaction.atomic():
            # The seller's row is the lock: a double click makes one book.
            Seller.objects.select_for_update(no_key=True).only("pk").get(pk=seller.pk)
            book = Book.objects.filter(seller=seller, digest=digest).first()
            if book is not None and (book.state == BookState.READY or _is_being_read(book)):
                return book
            left = book.stored_name if book is not None else ""
            if book is None:
                book = Book.objects.create(
                    seller=seller,
                    created_by=by,
                    title=title[:300],
                    author=author[:300],
                    language=language,
                    genre=genre,
                    digest=digest,
                    file_name=Path(file_name).name[-255:],
                    is_sample=is_sample,
                )
                audit.record("book.add", book, by=by, after={"file": book.file_name, "genre": genre})
            Book.objects.filter(pk=book.pk).update(
                state=BookState.WAITING, stored_name=name, trouble="", trouble_values={}
            )
            files.storage().save(name, file)
            queue(book, by=by, priority=priority)
            is_kept = True
    finally:
        if not is_kept:
            files.storage().delete(name)
    if left:  # of a reading that was cancelled
        files.storage().delete(left)
    book.refresh_from_db()
    return book


def queue(book: Book, *, by: User | None, priority: Priority = Priority.OPERATOR) -> None:
    """The reading, or what is left of it, in the caller's transaction. Raises QueueFull."""
    job = enqueue(
        READ,
        {"book_id": book.pk},
        key=f"book:{book.pk}",
        lane=f"book:{book.pk}",
        seller_id=book.seller_id,
        priority=priority,
        title=str(book)[:200],
        created_by_id=by.pk if by else None,
    )
    Book.objects.filter(pk=book.pk).update(job_id=job.pk)
    book.job_id = job.pk


def _is_being_read(book: Book) -> bool:
    return book.state != BookState.FAILED and Job.objects.live().filter(pk=book.job_id or 0).exists()


def _digest(file: BinaryIO) -> str:
    """SHA-256; a file that is too big is refused before it is read to its end."""
    hashed, size, most = hashlib.sha256(), 0, DEFAULT_LIMITS.file_bytes
    file.seek(0)
    while piece := file.read(PIECE):
        hashed.update(piece)
        size += len(piece)
        if size > most:
            whole = file.seek(0, 2)
            raise BookRefused(TOO_BIG, {"size": -(-whole // 10**6), "most": most // 10**6})
    if not size:
        raise BookRefused(EMPTY)
    return hashed.hexdigest()
