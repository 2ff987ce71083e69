"""A book given: its rows, once; what goes wrong is told, and nothing else changes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.books import changing, intake, searching
from vitrina.books.models import Book, BookState, Chapter, Passage
from vitrina.books.reading.book import DEFAULT_LIMITS, BookRefused
from vitrina.books.tests.conftest import Read
from vitrina.books.tests.made_books import STORY, epub, fb2
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db(transaction=True)


def kept_files(root: Any) -> list[Path]:
    return [path for path in Path(root).rglob("*") if path.is_file() and "books" in path.parts]


def test_a_book_becomes_chapters_passages_and_character_sheets(read: Read, settings: Any) -> None:
    book = read()
    assert (book.state, book.title, book.author, book.language, book.file_format) == (
        BookState.READY,
        "Смотритель маяка",
        "Студия Vitrina",
        "ru",
        "fb2",
    )
    chapters = list(book.chapters.all())
    assert [chapter.title.split(".")[0] for chapter in chapters] == [
        "Глава первая",
        "Глава вторая",
        "Глава третья",
        "Глава четвёртая",
        "Глава пятая",
    ]
    assert all(chapter.is_searched and chapter.word_count > 100 for chapter in chapters)
    for chapter in chapters:
        for passage in chapter.passages.all():
            assert 0 <= passage.begin < passage.end <= len(chapter.text)
            assert passage.priority <= 100
    assert Passage.objects.filter(chapter__book=book, priority__gte=70).count() >= 5
    assert "Матвей" in set(book.sheets.values_list("name", flat=True))
    assert kept_files(settings.MEDIA_ROOT) == []  # the file is not kept once it was read


def test_what_a_person_said_of_a_book_stands_over_what_its_file_says(read: Read) -> None:
    book = read(fb2(), title="Моё название", author="Другой", language="en", genre="horror")
    assert (book.title, book.author, book.language, book.genre) == ("Моё название", "Другой", "en", "horror")


def test_a_book_without_a_title_is_called_as_its_file(read: Read) -> None:
    assert read(f"{STORY[0]}\n{STORY[1]}".encode(), name="/tmp/Старый дом.txt").title == "Старый дом"


def test_the_same_file_again_is_the_same_book(read: Read, seller: Seller, settings: Any) -> None:
    book = read(epub(), name="a.epub")
    again = intake.take(seller, io.BytesIO(epub()), file_name="b.epub")
    assert again.pk == book.pk
    assert run_ready() == 0
    assert Book.objects.count() == 1
    assert kept_files(settings.MEDIA_ROOT) == []


def test_two_sellers_may_have_the_same_book(read: Read, other_seller: Seller) -> None:
    book = read(epub())
    assert intake.take(other_seller, io.BytesIO(epub()), file_name="a.epub").pk != book.pk


def test_a_file_that_is_no_book_leaves_a_reason_and_can_be_given_again(
    read: Read, seller: Seller, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = fb2()[:-40]
    book = read(broken)
    assert book.state == BookState.FAILED
    assert "cut short" in book.trouble
    assert not Chapter.objects.exists()
    assert kept_files(settings.MEDIA_ROOT) == []
    assert Job.objects.get(pk=book.job_id).state == "dead"
    again = intake.take(seller, io.BytesIO(broken), file_name="book.fb2")
    assert (again.pk, again.state) == (book.pk, BookState.WAITING)


@pytest.mark.parametrize("data", [b"", b"x" * (DEFAULT_LIMITS.file_bytes + 1)])
def test_a_file_that_is_empty_or_too_big_is_refused_and_nothing_is_kept(
    data: bytes, seller: Seller, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(BookRefused):
        intake.take(seller, io.BytesIO(data), file_name="a.txt")
    assert not Book.objects.exists()
    assert not Job.objects.exists()
    assert kept_files(tmp_path) == []


def test_a_reading_that_was_killed_goes_on_behind_its_last_chapter(
    read: Read, seller: Seller, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    searched: list[int] = []
    search = searching.search

    def killed(book: Book, chapter: Chapter, names: Any) -> int:
        if len(searched) == 2:
            raise Killed
        searched.append(chapter.number)
        return search(book, chapter, names)

    monkeypatch.setattr(searching, "search", killed)
    with pytest.raises(Killed):
        read()
    book = Book.objects.get()
    assert book.state == BookState.READING
    assert list(book.chapters.filter(is_searched=True).values_list("number", flat=True)) == [1, 2]
    monkeypatch.setattr(
        searching, "search", lambda *given: (searched.append(given[1].number), search(*given))[1]
    )
    from vitrina.books.jobs import read_book

    read_book(_again(book))
    book.refresh_from_db()
    assert book.state == BookState.READY
    assert searched == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("has_chapters", [True, False])
def test_a_reading_that_was_cancelled_goes_on_when_the_file_is_given_once_more(
    has_chapters: bool, read: Read, seller: Seller, settings: Any
) -> None:
    book = read(epub())
    Book.objects.filter(pk=book.pk).update(state=BookState.READING)
    if not has_chapters:
        book.chapters.all().delete()
    book.chapters.filter(number=2).update(is_searched=False)
    again = read(epub())
    assert (again.pk, again.state) == (book.pk, BookState.READY)
    assert again.chapters.filter(is_searched=True).count() == 2
    assert kept_files(settings.MEDIA_ROOT) == []


class _Again:
    """A job as its handler sees it, run once more."""

    def __init__(self, book: Book) -> None:
        self.payload = {"book_id": book.pk}

    def progress(self, **said: Any) -> None: ...
    def checkpoint(self) -> None: ...


def _again(book: Book) -> Any:
    return _Again(book)


def test_another_language_has_the_passages_looked_for_anew_and_keeps_a_persons_words(
    read: Read, alice: User
) -> None:
    book = read()
    passage = Passage.objects.filter(chapter__book=book).order_by("-priority")[0]
    changing.write_english(passage, "a lighthouse on a grey rock", by=alice)
    changing.change(book, language="en", by=alice)
    assert not book.chapters.filter(is_searched=True).exists()
    run_ready()
    assert not book.chapters.filter(is_searched=False).exists()
    kept = Passage.objects.get(pk=passage.pk)
    assert (kept.english, kept.english_source) == ("a lighthouse on a grey rock", "person")
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"book.change", "passage.english"}


def test_a_look_that_a_person_wrote_outlives_a_new_search(read: Read, alice: User) -> None:
    book = read()
    sheet = book.sheets.get(name="Матвей")
    changing.write_sheet(sheet, "old man with a grey beard and a white scar", by=alice)
    changing.change(book, language="en", by=alice)
    run_ready()
    sheet.refresh_from_db()
    assert (sheet.look, sheet.is_confirmed) == ("old man with a grey beard and a white scar", True)


def test_a_deleted_book_takes_its_chapters_along_and_its_waiting_job_ends(
    seller: Seller, alice: User, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    book = intake.take(seller, io.BytesIO(epub()), file_name="a.epub")
    assert len(kept_files(tmp_path)) == 1
    changing.delete(Book.objects.get(pk=book.pk), by=alice)
    run_ready()
    assert not Chapter.objects.exists()
    assert kept_files(tmp_path) == []
    assert Job.objects.get(pk=book.job_id).state == "cancelled"
