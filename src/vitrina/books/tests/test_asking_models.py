"""What a model says of a book: its passages ranked once more, the looks of its people; and that without one all stands."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from vitrina.accounts import quotas
from vitrina.accounts.models import AuditEntry, Plan, UsageCounter, User
from vitrina.books import changing, illustrating, portraying, refining_chapters
from vitrina.books.models import Book, Chapter, CharacterSheet, Passage
from vitrina.books.tests.conftest import Read
from vitrina.engine.models import ModelCall
from vitrina.imagery.models import GeneratedImage
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def book(read: Read) -> Book:
    return read()


@pytest.fixture
def chapter(book: Book) -> Chapter:
    return Chapter.objects.select_related("book__seller").get(book=book, number=1)


@pytest.fixture
def client(alice: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(alice)
    return client


def ranked(chapter: Chapter, by: User) -> Job:
    job = refining_chapters.begin(chapter, by=by)
    run_ready()
    return Job.objects.get(pk=job.pk)


def priorities(chapter: Chapter) -> dict[int, int]:
    return dict(chapter.passages.values_list("pk", "priority"))


def test_a_model_gives_priorities_and_the_scorers_are_kept(
    chapter: Chapter, alice: User, model_server: Any
) -> None:
    before = priorities(chapter)
    job = ranked(chapter, alice)
    assert job.result["source"] == "custom:gpt-4o-mini"
    assert model_server.counts()["calls"] == 1
    rows = list(chapter.passages.all())
    assert {row.pk for row in rows} == set(before)
    looked_at = [row for row in rows if "scored" in row.parts]
    assert job.result["changed"] == len(looked_at) > 0
    assert any(row.priority != before[row.pk] for row in looked_at)
    assert all(row.parts["scored"] == before[row.pk] for row in looked_at)
    assert all(row.parts["ranked_by"] == "custom:gpt-4o-mini" for row in looked_at)
    assert all(row.priority == before[row.pk] for row in rows if row not in looked_at)
    assert ModelCall.objects.get().seller_id == chapter.book.seller_id
    assert UsageCounter.objects.filter(key__contains="scene").exists()


def test_ranked_again_the_scorers_priority_is_still_the_scorers(
    chapter: Chapter, alice: User, model_server: Any
) -> None:
    before = priorities(chapter)
    ranked(chapter, alice)
    once = priorities(chapter)
    ranked(chapter, alice)
    assert priorities(chapter) == once
    assert all(row.parts.get("scored", row.priority) == before[row.pk] for row in chapter.passages.all())


def test_without_a_model_the_scorers_order_stands_and_the_page_says_so(
    chapter: Chapter, alice: User, client: Client
) -> None:
    before = list(chapter.passages.values_list("pk", "priority", "parts"))
    job = ranked(chapter, alice)
    assert job.result == {"chapter_id": chapter.pk, "source": "offline", "changed": 0}
    assert list(chapter.passages.values_list("pk", "priority", "parts")) == before
    page = client.get(reverse("book_chapter", args=[chapter.book_id, 1])).content.decode()
    assert "No model could be asked" in page


def test_words_of_a_person_and_pictures_stay_where_priorities_change(
    chapter: Chapter, alice: User, model_server: Any, services: Any
) -> None:
    passage = chapter.passages.order_by("-priority").first()
    assert passage is not None
    changing.write_english(passage, "a lighthouse at dusk", by=alice)
    illustrating.begin(chapter, only=passage.pk, by=alice)
    run_ready()
    ranked(chapter, alice)
    passage.refresh_from_db()
    assert (passage.english, passage.english_source) == ("a lighthouse at dusk", "person")
    assert GeneratedImage.objects.get().subject == f"passage:{passage.pk}"


def test_two_clicks_are_one_ranking(chapter: Chapter, alice: User, client: Client) -> None:
    address = reverse("book_refinement", args=[chapter.book_id, 1])
    client.post(address)
    client.post(address)
    assert Job.objects.filter(kind=refining_chapters.KIND).count() == 1
    page = client.get(reverse("book_chapter", args=[chapter.book_id, 1])).content.decode()
    assert "A model looks at the passages" in page
    assert "Rank once more by a model" not in page


def test_a_plan_that_has_no_scenes_left_says_so_and_changes_nothing(
    chapter: Chapter, alice: User, model_server: Any, client: Client
) -> None:
    seller = chapter.book.seller
    seller.plan = Plan.objects.create(name="Ноль", limits={"scene": {"month": 0}})
    seller.save()
    quotas.forget_plans()
    before = priorities(chapter)
    job = ranked(chapter, alice)
    assert (job.state, priorities(chapter)) == ("dead", before)
    assert model_server.counts()["calls"] == 0
    page = client.get(reverse("book_chapter", args=[chapter.book_id, 1])).content.decode()
    assert "The passages were not ranked once more" in page


def test_a_chapter_without_passages_has_nothing_to_rank(chapter: Chapter, alice: User) -> None:
    chapter.passages.all().delete()
    with pytest.raises(refining_chapters.NothingToRank):
        refining_chapters.begin(chapter, by=alice)
    assert not Job.objects.filter(kind=refining_chapters.KIND).exists()
    assert not AuditEntry.objects.filter(action="chapter.refine").exists()


def asked_looks(book: Book, by: User) -> Job:
    job = portraying.begin(book, by=by)
    run_ready()
    return Job.objects.get(pk=job.pk)


def test_looks_are_asked_for_names_without_one_and_a_confirmed_one_is_left(
    book: Book, alice: User, model_server: Any
) -> None:
    sheets = list(book.sheets.order_by("pk"))
    CharacterSheet.objects.filter(book=book).update(look="", passage=None)
    changing.write_sheet(sheets[0], "grey beard, torn coat", by=alice)
    job = asked_looks(book, alice)
    sheets[0].refresh_from_db()
    assert (sheets[0].look, sheets[0].is_confirmed, sheets[0].look_source) == (
        "grey beard, torn coat",
        True,
        "",
    )
    assert job.result["asked"] == model_server.counts()["calls"] > 0
    told = book.sheets.exclude(pk=sheets[0].pk).exclude(look="")
    assert told.count() == job.result["written"] > 0
    assert {sheet.look_source for sheet in told} == {"custom:gpt-4o-mini"}


def test_a_look_that_a_model_told_goes_into_the_next_prompt(
    book: Book, alice: User, model_server: Any, services: Any
) -> None:
    CharacterSheet.objects.filter(book=book).update(look="", passage=None)
    asked_looks(book, alice)
    sheet = book.sheets.exclude(look="").first()
    assert sheet is not None
    passage = next(row for row in Passage.objects.filter(chapter__book=book) if row.names[:1] == [sheet.name])
    chapter = Chapter.objects.select_related("book__seller").get(pk=passage.chapter_id)
    illustrating.begin(chapter, only=passage.pk, by=alice)
    run_ready()
    assert sheet.look.rstrip(" .,;") in " ".join(GeneratedImage.objects.get().scene["parts"])


def test_without_a_model_no_look_is_made_up_and_the_page_says_so(
    book: Book, alice: User, client: Client
) -> None:
    CharacterSheet.objects.filter(book=book).update(look="", passage=None)
    job = asked_looks(book, alice)
    assert job.result["offline"] == job.result["asked"] > 0
    assert not book.sheets.exclude(look_source="").exists()
    page = client.get(reverse("book", args=[book.pk])).content.decode()
    assert "No model could be asked how they look" in page


def test_where_every_name_has_a_look_nothing_is_asked(book: Book, alice: User, client: Client) -> None:
    CharacterSheet.objects.filter(book=book).update(look="grey coat")
    with pytest.raises(portraying.NothingToPortray):
        portraying.begin(book, by=alice)
    assert not Job.objects.filter(kind=portraying.KIND).exists()
    assert "Ask for the looks" not in client.get(reverse("book", args=[book.pk])).content.decode()


def test_what_the_english_text_lacks_stands_beside_it_until_a_person_writes(
    book: Book, alice: User, client: Client
) -> None:
    passage = Passage.objects.filter(chapter__book=book, chapter__number=1).first()
    assert passage is not None
    Passage.objects.filter(pk=passage.pk).update(
        english="a house",
        english_source="offline",
        english_lacks={"untranslated": ["<b>мшелый</b>"], "is_shortened": True},
    )
    address = reverse("book_chapter", args=[book.pk, 1])
    page = client.get(address).content.decode()
    assert "&lt;b&gt;мшелый&lt;/b&gt;" in page
    assert "Shortened:" in page
    passage.refresh_from_db()
    changing.write_english(passage, "an old house", by=alice)
    assert passage.english_lacks == {}
    assert "Shortened:" not in client.get(address).content.decode()


def test_another_sellers_book_is_not_there(book: Book, client: Client) -> None:
    stranger = Client(headers={"accept-language": "en"})
    stranger.force_login(User.objects.create_user("charlie", password="long enough 7301"))
    for name, args in (("book_refinement", [book.pk, 1]), ("book_portraits", [book.pk])):
        assert stranger.post(reverse(name, args=args)).status_code == 404
    assert not Job.objects.filter(kind__in=[refining_chapters.KIND, portraying.KIND]).exists()
