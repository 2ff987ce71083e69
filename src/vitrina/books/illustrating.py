"""Pictures of a chapter: which passages, in one series, at most three at once, no more than the plan has left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.books import describing
from vitrina.books.models import Chapter, CharacterSheet, Passage
from vitrina.books.picking import MOST_AT_ONCE, Candidate, Picked, pick
from vitrina.books.recipe import Look, scene
from vitrina.books.searching import subject_of
from vitrina.imagery import asking, quota
from vitrina.imagery.models import GeneratedImage, ImageSeries, ImageStatus
from vitrina.imagery.options import Options
from vitrina.imagery.scene import Recipe
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.jobs.models import Job

KIND = "books.illustrate"
TITLE_WORDS = 12


class NothingToDraw(Exception):
    """No passage of the chapter is worth a picture and has none, or the plan has no picture left. Says which."""


def plan(
    chapter: Chapter,
    passages: Sequence[Passage],
    pictures: Mapping[int, Sequence[GeneratedImage]],
    *,
    user_id: int | None,
    most: int | None = None,
) -> Picked:
    """What a batch would draw now. `pictures`: by passage. A few queries for what is left of the plan."""
    candidates = [
        Candidate(
            row.pk,
            row.priority,
            row.begin,
            any(image.status != ImageStatus.FAILED for image in pictures.get(row.pk, ())),
        )
        for row in passages
    ]
    left = quota.left(chapter.book.seller, user_id)
    return pick(candidates, left=left) if most is None else pick(candidates, left=left, most=most)


def begin(
    chapter: Chapter,
    *,
    only: int | None = None,
    most: int | None = None,
    service: str = "",
    by: User | None,
    priority: Priority = Priority.OPERATOR,
) -> Job:
    """Queue the batch; one that waits or runs already is that one. `only`: one passage, whatever its score. `service`:
    the one to be asked first, empty: by plan and health.

    Raises NothingToDraw, QueueFull.
    """
    passages = list(chapter.passages.all())
    if only is not None:
        passages = [row for row in passages if row.pk == only]
        if not passages:
            raise NothingToDraw(_("The passage is gone: the chapter was searched anew."))
    elif not (picked := plan(chapter, passages, pictures_of(passages), user_id=by.pk if by else None)).ids:
        raise NothingToDraw(
            _("The plan has no pictures left for this chapter.")
            if picked.beyond_quota
            else _("Every passage that is worth a picture has one, or the chapter has none.")
        )
    with transaction.atomic():
        job = enqueue(
            KIND,
            {
                "chapter_id": chapter.pk,
                "only": only,
                "most": most,
                "service": service,
                "by": by.pk if by else None,
            },
            key=f"illustrate:{chapter.pk}:{only or ''}",
            lane=f"illustrate:{chapter.pk}",
            seller_id=chapter.book.seller_id,
            priority=priority,
            title=f"{chapter.book} · {chapter}"[:200],
            created_by_id=by.pk if by else None,
        )
        audit.record(
            "chapter.illustrate",
            chapter,
            by=by,
            seller_id=chapter.book.seller_id,
            after={"chapter": str(chapter), "passage": only},
        )
    return job


def live_job(chapter: Chapter) -> Job | None:
    """The batch that waits or runs."""
    return (
        Job.objects.live()
        .filter(kind=KIND, key__startswith=f"illustrate:{chapter.pk}:", seller_id=chapter.book.seller_id)
        .order_by("pk")
        .first()
    )


def series_of(chapter: Chapter, *, by: User | None) -> ImageSeries:
    """One for each chapter: it bounds how many of its pictures are made at once."""
    return asking.begin_series(
        chapter.book.seller,
        recipe=Recipe.BOOK_SCENE,
        subject=f"chapter:{chapter.pk}",
        session=f"CHAPTER-{chapter.pk}",
        title=f"{chapter.book} · {chapter}"[:200],
        most_at_once=MOST_AT_ONCE,
        by=by,
    )


@dataclass(frozen=True)
class Wish:
    """How a passage is to be drawn. `asked_at`: of the job: one that was killed and runs again makes no second «once
    more» (`is_again`)."""

    job_id: int
    asked_at: datetime
    is_again: bool
    service: str
    by: User | None


def draw(passage: Passage, chapter: Chapter, series: ImageSeries, wish: Wish) -> GeneratedImage:
    """Ask for the picture of a passage, put into English first where nobody did. Asked twice for one wish, it is one row.

    Raises PicturesSpent, QueueFull, and the errors of the engine.
    """
    english = describing.english_of(
        passage, chapter, job_id=wish.job_id, user_id=wish.by.pk if wish.by else None
    )
    book = chapter.book
    looks = dict(
        CharacterSheet.objects.filter(book=book, name__in=passage.names)
        .exclude(look="")
        .values_list("name", "look")
    )
    subject = subject_of(passage.pk)
    is_made = GeneratedImage.objects.filter(subject=subject, created_at__gte=wish.asked_at).exists()
    return asking.ask_for(
        book.seller,
        scene(
            english,
            passage_type=passage.type,
            genre=book.genre,
            looks=[Look(name, looks[name]) for name in passage.names if name in looks],
        ),
        title=title_of(passage, chapter),
        subject=subject,
        part=passage.type,
        series=series,
        options=Options(service=wish.service, is_forced=wish.is_again and not is_made),
        by=wish.by,
    )


def title_of(passage: Passage, chapter: Chapter) -> str:
    """The passage's first words."""
    words = chapter.text[passage.begin : passage.end].split()
    return " ".join(words[:TITLE_WORDS])[:190] + ("…" if len(words) > TITLE_WORDS else "")


def pictures_of(passages: Sequence[Passage]) -> dict[int, list[GeneratedImage]]:
    """{passage id: its pictures}, for deciding: without their scenes. One query."""
    by_subject = {subject_of(row.pk): row.pk for row in passages}
    found: dict[int, list[GeneratedImage]] = {}
    for row in GeneratedImage.objects.filter(subject__in=by_subject).only("subject", "status"):
        found.setdefault(by_subject[row.subject], []).append(row)
    return found
