"""Pictures of a chapter: the best passages, bounded, one failing not stopping the rest, nothing drawn twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from vitrina.accounts import quotas
from vitrina.accounts.models import Plan, Seller, User
from vitrina.books import changing, illustrating, sampling
from vitrina.books.models import Book, Chapter, Passage
from vitrina.books.searching import subject_of
from vitrina.books.tests.conftest import Read
from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.imagery.tests.conftest import run
from vitrina.imagery.tests.drawing_world import DrawingWorld
from vitrina.imagery.tests.services_made import OFFLINE
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chapter(read: Read, services: DrawingWorld) -> Chapter:
    """One with ten and more passages that are worth a picture."""
    book = read()
    chapter = Chapter.objects.select_related("book__seller").get(book=book, number=1)
    chapter.passages.all().delete()
    for number in range(12):
        Passage.objects.create(
            chapter=chapter,
            begin=number * 40,
            end=number * 40 + 35,
            type="location",
            priority=95 - number,
            english=f"a white lighthouse on a rock, view {number}",
            english_source="person",
        )
    Passage.objects.create(chapter=chapter, begin=600, end=640, type="location", priority=69, english="x")
    return chapter


def pictures() -> list[GeneratedImage]:
    return list(GeneratedImage.objects.order_by("pk"))


def test_a_batch_draws_the_ten_best_and_leaves_the_rest(chapter: Chapter, alice: User) -> None:
    job = illustrating.begin(chapter, by=alice)
    run_ready()
    assert Job.objects.get(pk=job.pk).result["asked"] == 10
    best = chapter.passages.order_by("-priority")[:10]
    assert [image.subject for image in pictures()] == [subject_of(row.pk) for row in best]
    assert {image.status for image in pictures()} == {ImageStatus.COMPLETED}
    assert {image.created_by for image in pictures()} == {alice}


def test_asked_again_only_what_has_no_picture_is_drawn(chapter: Chapter, alice: User) -> None:
    illustrating.begin(chapter, by=alice)
    run_ready()
    illustrating.begin(chapter, by=alice)
    run_ready()
    assert len({image.subject for image in pictures()}) == len(pictures()) == 12
    with pytest.raises(illustrating.NothingToDraw):
        illustrating.begin(chapter, by=alice)


def test_a_double_click_makes_one_batch(chapter: Chapter, alice: User) -> None:
    assert illustrating.begin(chapter, by=alice).pk == illustrating.begin(chapter, by=alice).pk


def test_no_more_than_the_plan_has_left_is_asked_for(chapter: Chapter, alice: User) -> None:
    chapter.book.seller.plan = Plan.objects.create(name="Четыре", limits={"pictures": {"month": 4}})
    chapter.book.seller.save()
    quotas.forget_plans()
    plan = illustrating.plan(chapter, list(chapter.passages.all()), {}, user_id=alice.pk)
    assert (plan.count, plan.beyond_quota) == (4, 6)
    illustrating.begin(chapter, by=alice)
    run_ready()
    assert len(pictures()) == 4
    with override("en"), pytest.raises(illustrating.NothingToDraw, match="The plan has no pictures left"):
        illustrating.begin(chapter, by=alice)


def test_no_more_than_three_are_drawn_at_the_same_time(
    chapter: Chapter, alice: User, services: DrawingWorld
) -> None:
    services.seconds = 0.15
    illustrating.begin(chapter, by=alice)
    run(most=1)  # the batch alone: it asks
    run(threads=8)
    run(threads=8)
    assert services.most_at_once <= 3
    assert services.paid["swift"] > 0


def test_one_that_fails_does_not_stop_the_others(
    chapter: Chapter, alice: User, services: DrawingWorld
) -> None:
    services.says("swift", "refuse")
    illustrating.begin(chapter, by=alice)
    run_ready()
    states = [image.status for image in pictures()]
    assert states.count(ImageStatus.FAILED) == 1
    assert states.count(ImageStatus.COMPLETED) == 9


def test_one_passage_is_drawn_whatever_its_score_and_once_more_on_demand(
    chapter: Chapter, alice: User
) -> None:
    low = chapter.passages.get(priority=69)
    for count in (1, 2):
        illustrating.begin(chapter, only=low.pk, by=alice)
        run_ready()
        assert [image.subject for image in pictures()] == [subject_of(low.pk)] * count


def test_a_russian_passage_is_put_into_english_once_and_kept(
    read: Read, services: DrawingWorld, alice: User
) -> None:
    chapter = Chapter.objects.select_related("book__seller").get(book=read(genre="fantasy"), number=1)
    passage = chapter.passages.order_by("-priority")[0]
    illustrating.begin(chapter, only=passage.pk, by=alice)
    run_ready()
    passage.refresh_from_db()
    assert passage.english_source == "offline"
    assert passage.english.isascii()
    (image,) = pictures()
    assert image.scene["parts"][0] == passage.english.rstrip(" .,;")
    assert image.recipe == "book_scene"


def test_a_persons_words_and_a_confirmed_look_go_into_the_picture(
    read: Read, services: DrawingWorld, alice: User
) -> None:
    book = read()
    chapter = Chapter.objects.select_related("book__seller").get(book=book, number=2)
    passage = next(row for row in chapter.passages.order_by("-priority") if "Матвей" in row.names)
    changing.write_english(passage, "an old lighthouse keeper opens the door", by=alice)
    changing.write_sheet(book.sheets.get(name="Матвей"), "grey beard, white scar on the left cheek", by=alice)
    illustrating.begin(chapter, only=passage.pk, by=alice)
    run_ready()
    (image,) = pictures()
    told = " ".join(image.scene["parts"])
    assert "an old lighthouse keeper opens the door" in told
    assert "grey beard, white scar on the left cheek" in told


def test_the_sample_book_has_placeholder_pictures_of_every_chapter(
    seller: Seller, services: DrawingWorld
) -> None:
    sampling.add_sample_book(seller)
    sampling.add_sample_book(seller)
    run_ready()
    book = Book.objects.get()
    assert (book.is_sample, book.state) == (True, "ready")
    assert {image.service for image in pictures()} == {OFFLINE.name}
    assert all(image.is_marked and image.status == ImageStatus.COMPLETED for image in pictures())
    assert services.calls.total() == 0
    subjects = {subject_of(row.pk): row.chapter_id for row in Passage.objects.all()}
    assert {subjects[image.subject] for image in pictures()} == set(
        book.chapters.values_list("pk", flat=True)
    )


def test_the_command_writes_pictures_and_goes_on_where_it_was(tmp_path: Path) -> None:
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": ":".join(path for path in sys.path if path),
        "VITRINA_DATA_DIR": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "vitrina.config.settings",
    }
    command = [
        sys.executable, "-m", "django", "illustrate", str(sampling.FILE), "--out", str(tmp_path / "out"), "--pictures", "2",
    ]  # fmt: skip
    (tmp_path / "data").mkdir()
    for _run in range(2):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert "2 pictures" in done.stdout
        assert "placeholders, plainly marked: 2" in done.stdout
    told: dict[str, Any] = json.loads((tmp_path / "out" / "pictures.json").read_text(encoding="utf-8"))
    assert told["title"] == "Смотритель маяка"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        ["pictures.json", *(row["file"] for row in told["pictures"])]
    )
    (tmp_path / "photo.epub").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    command[4] = str(tmp_path / "photo.epub")
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert refused.returncode == 1
    assert "Nothing was written" in refused.stderr
