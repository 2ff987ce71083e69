"""Pages and API of books: a file comes in by a form or a program, words of people are kept, nothing of a book runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import factories

from vitrina.accounts import tokens
from vitrina.accounts.models import Seller, User
from vitrina.books.models import Book, Passage
from vitrina.books.tests.made_books import epub, fb2
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(alice: User, settings: Any, tmp_path: Any) -> Client:
    settings.MEDIA_ROOT = tmp_path
    client = Client(headers={"accept-language": "en"})
    client.force_login(alice)
    return client


def upload(data: bytes, name: str = "book.epub") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_a_book_is_given_read_and_shown(client: Client, seller: Seller) -> None:
    answer = client.post(
        reverse("books"), {"file": upload(epub()), "seller": seller.pk, "genre": "fantasy", "language": ""}
    )
    book = Book.objects.get()
    assert answer.headers["Location"] == reverse("book", args=[book.pk])
    assert "Reading the book" in client.get(answer.headers["Location"]).content.decode()
    run_ready()
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Глава первая" in page
    assert reverse("book_chapter", args=[book.pk, 2]) in page
    chapter = client.get(reverse("book_chapter", args=[book.pk, 2])).content.decode()
    assert "Утро было тихое." in chapter


def test_a_file_that_is_no_book_is_told_at_its_field_and_nothing_is_kept(
    client: Client, seller: Seller
) -> None:
    answer = client.post(
        reverse("books"), {"file": upload(b"%PDF-1.7"), "seller": seller.pk, "genre": "other", "language": ""}
    )
    run_ready()
    book = Book.objects.get()
    assert answer.status_code == 302
    page = client.get(reverse("book", args=[book.pk])).content.decode()
    assert "a PDF document, whose pages have no paragraphs" in page
    assert "Delete the book" in page
    empty = client.post(
        reverse("books"), {"file": upload(b""), "seller": seller.pk, "genre": "other", "language": ""}
    )
    assert empty.status_code == 422
    assert Book.objects.count() == 1


def test_words_of_a_book_are_words_on_every_page(client: Client, seller: Seller) -> None:
    evil = '<script>window.pwned=1</script><img src=x onerror="x()">{{ 7|add:7 }}'
    book = factories.book(seller, words=evil, author=evil)
    passage = Passage.objects.get()
    Passage.objects.update(english=evil, names=[evil], parts={"points": {evil: 9.0}, "words": [evil]})
    book.chapters.update(text=evil * 3)
    for address in (
        reverse("books"),
        reverse("book", args=[book.pk]),
        reverse("book_chapter", args=[book.pk, 1]),
    ):
        page = client.get(address).content.decode()
        assert "<script>window.pwned" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;window.pwned" in page
    assert (
        client.get(reverse("passage", args=[passage.pk]))
        .headers["Location"]
        .endswith(f"#passage-{passage.pk}")
    )


def test_words_that_a_person_writes_are_kept_and_shown(client: Client, seller: Seller) -> None:
    book = factories.book(seller)
    passage, sheet = Passage.objects.get(), book.sheets.get()
    client.post(reverse("passage_english", args=[passage.pk]), {"english": "  a house\n at dusk "})
    client.post(reverse("character_sheet_look", args=[sheet.pk]), {"look": "grey coat"})
    passage.refresh_from_db()
    sheet.refresh_from_db()
    assert (passage.english, passage.english_source) == ("a house at dusk", "person")
    assert (sheet.look, sheet.is_confirmed) == ("grey coat", True)
    assert "a house at dusk" in client.get(reverse("book_chapter", args=[book.pk, 1])).content.decode()


def test_a_chapter_costs_as_many_queries_however_many_passages_it_has(client: Client, seller: Seller) -> None:
    book = factories.book(seller)
    address = reverse("book_chapter", args=[book.pk, 1])
    client.get(address)  # the first visit of a session is noted
    with CaptureQueriesContext(connection) as with_one:
        client.get(address)
    chapter = book.chapters.get()
    Passage.objects.bulk_create(
        Passage(chapter=chapter, begin=n, end=n + 1, type="action", priority=n) for n in range(1, 60)
    )
    with CaptureQueriesContext(connection) as with_many:
        assert client.get(address).status_code == 200
    assert len(with_many) == len(with_one)


def test_a_program_gives_a_file_and_reads_its_passages(
    alice: User, seller: Seller, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    secret = tokens.issue(alice, name="Программа", scopes=["view", "illustrate"]).secret
    client = Client(headers={"Authorization": f"Bearer {secret}", "accept-language": "en"})
    answer = client.post(
        "/api/v1/books", {"seller": seller.pk, "file": upload(fb2(), "dom.fb2"), "genre": "horror"}
    )
    assert answer.status_code == 202, answer.content
    book = answer.json()["book"]["id"]
    run_ready()
    shown = client.get(f"/api/v1/books/{book}").json()
    assert (shown["state"], shown["title"], shown["genre"]) == ("ready", "Дом за оврагом", "horror")
    chapters = client.get(f"/api/v1/books/{book}/chapters").json()["results"]
    assert [row["title"] for row in chapters] == ["Глава первая", "Глава вторая"]
    text = client.get(f"/api/v1/books/{book}/chapters/1").json()["text"]
    for row in client.get(f"/api/v1/books/{book}/passages?min_priority=0").json()["results"]:
        assert text[row["begin"] : row["end"]].strip()
    empty = client.post("/api/v1/books", {"seller": seller.pk, "file": upload(b"x" * 10, "a.txt")}).json()
    assert empty["book"]["state"] == "waiting"
