"""The sample book of the sample shop: a short story of our own, with placeholder pictures drawn offline."""

from __future__ import annotations

from pathlib import Path

from vitrina.accounts.models import Seller
from vitrina.books import illustrating, intake
from vitrina.books.models import Book, Genre
from vitrina.imagery import installed
from vitrina.jobs.enqueue import Priority, QueueFull

FILE = Path(__file__).parent / "data" / "sample.fb2"
PICTURES_OF_A_CHAPTER = 2


def add_sample_book(seller: Seller) -> Book:
    """Once for each seller: the same file is the same book. Its reading is queued; the pictures follow it."""
    with FILE.open("rb") as file:
        return intake.take(
            seller,
            file,
            file_name="lighthouse.fb2",
            genre=Genre.HISTORICAL,
            is_sample=True,
            priority=Priority.BATCH,
        )


def illustrate_sample(book: Book) -> None:
    """Two pictures for each chapter, when the book was read. Asked again it does nothing.

    By the offline service, which costs nothing and marks what it draws, whatever services have a key.
    """
    offline = next(name for name, one in installed.services().items() if one.service.is_offline)
    for chapter in book.chapters.select_related("book__seller").defer("text").order_by("number"):
        try:
            illustrating.begin(
                chapter, most=PICTURES_OF_A_CHAPTER, service=offline, by=None, priority=Priority.BATCH
            )
        except (illustrating.NothingToDraw, QueueFull):
            return
