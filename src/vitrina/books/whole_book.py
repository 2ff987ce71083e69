"""A book in, pictures of its best passages out, by the same jobs as in the studio: for the command."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from vitrina.accounts.models import Seller
from vitrina.books import illustrating, intake, showing
from vitrina.books.models import Book, BookState, Passage
from vitrina.books.picking import WORTH_A_PICTURE
from vitrina.books.searching import subject_of
from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.imagery.showing import trouble_of
from vitrina.jobs.models import Job
from vitrina.lib import files

LOOK_EVERY_SECONDS = 0.3
UNDER_WAY = (ImageStatus.QUEUED, ImageStatus.GENERATING)
MANIFEST = "pictures.json"


class BookFailed(Exception):
    """The book can't be read. `str(error)` says why."""


@dataclass(frozen=True, slots=True)
class Tick:
    """How far it is. `stage`: "read", "ask" or "draw"."""

    stage: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """`files`: names in the folder. `cost`: USD, of the pictures with a known price; `unpriced`: how many have none."""

    book: Book
    files: tuple[str, ...]
    placeholders: int
    failed: tuple[str, ...]
    trouble: tuple[str, ...]
    cost: Decimal
    unpriced: int


def illustrate(
    seller: Seller,
    path: Path,
    out: Path,
    *,
    most: int,
    genre: str,
    language: str,
    service: str,
    watch: Callable[[Tick], None],
) -> Result:
    """All of it, or what an earlier call left. A worker must be running. Raises BookRefused, BookFailed, QueueFull."""
    with path.open("rb") as file:
        book = intake.take(seller, file, file_name=path.name, genre=genre, language=language)
    _until_read(book, watch)
    passages = list(
        Passage.objects.filter(chapter__book=book, priority__gte=WORTH_A_PICTURE)
        .select_related("chapter__book__seller")
        .order_by("-priority", "chapter__number", "begin")[:most]
    )
    trouble = _ask(passages, service, watch)
    _until_drawn(passages, watch)
    return _bring(book, passages, out, trouble)


def _until_read(book: Book, watch: Callable[[Tick], None]) -> None:
    while True:
        book.refresh_from_db()
        job = Job.objects.filter(pk=book.job_id or 0).first()
        progress = (job.progress if job else None) or {}
        watch(Tick("read", int(progress.get("done") or 0), progress.get("total")))
        if book.state == BookState.FAILED:
            raise BookFailed(showing.trouble_of(book))
        if job is None or not job.is_live:
            if book.state != BookState.READY:
                raise BookFailed(
                    job.error if job else "The reading ended before its end; run the command again."
                )
            return
        time.sleep(LOOK_EVERY_SECONDS)


def _ask(passages: Sequence[Passage], service: str, watch: Callable[[Tick], None]) -> list[str]:
    """The pictures that there are none of, chapter by chapter; sentences about those that can't be asked for."""
    pictures = illustrating.pictures_of(passages)
    bare = [
        row
        for row in passages
        if not any(image.status != ImageStatus.FAILED for image in pictures.get(row.pk, ()))
    ]
    wanted = Counter(row.chapter_id for row in bare)
    chapters = {row.chapter_id: row.chapter for row in bare}
    jobs, trouble = [], []
    for chapter_id, count in wanted.items():
        try:
            jobs.append(illustrating.begin(chapters[chapter_id], most=count, service=service, by=None).pk)
        except illustrating.NothingToDraw as nothing:
            trouble.append(str(nothing))
    while True:
        live = Job.objects.live().filter(pk__in=jobs).count()
        watch(Tick("ask", len(jobs) - live, len(jobs)))
        if not live:
            break
        time.sleep(LOOK_EVERY_SECONDS)
    for job in Job.objects.filter(pk__in=jobs):
        said = job.error or (job.result or {}).get("trouble", "")
        if said and said not in trouble:
            trouble.append(said)
    return trouble


def _until_drawn(passages: Sequence[Passage], watch: Callable[[Tick], None]) -> None:
    while True:
        states = [image.status for images in illustrating.pictures_of(passages).values() for image in images]
        live = sum(state in UNDER_WAY for state in states)
        watch(Tick("draw", len(states) - live, len(states)))
        if not live:
            return
        time.sleep(LOOK_EVERY_SECONDS)


def _bring(book: Book, passages: Sequence[Passage], out: Path, trouble: Sequence[str]) -> Result:
    """The newest finished picture of each passage as a file, and `pictures.json` that tells what they show."""
    out.mkdir(parents=True, exist_ok=True)
    subjects = {subject_of(row.pk): row for row in passages}
    images: dict[str, GeneratedImage] = {}
    failed: list[str] = []
    cost, unpriced = Decimal(0), 0
    for image in GeneratedImage.objects.filter(subject__in=subjects).order_by("pk"):
        if image.cost is None and image.status == ImageStatus.COMPLETED:
            unpriced += 1
        cost += image.cost or 0
        if image.status == ImageStatus.COMPLETED:
            images[image.subject] = image
        elif image.status == ImageStatus.FAILED:
            failed.append(f"{image.title}: {trouble_of(image)}")
    written: list[dict[str, Any]] = []
    for number, (subject, passage) in enumerate(subjects.items(), start=1):
        drawn = images.get(subject)
        if drawn is None:
            continue
        suffix = drawn.original_name.rpartition(".")[2]
        name = f"{number:02d}-chapter-{passage.chapter.number:02d}-{passage.type}.{suffix}"
        part = out / f".{name}.part"
        with files.storage().open(drawn.original_name) as stream, part.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        part.replace(out / name)
        written.append(_told(name, passage, drawn))
    listing = {"title": book.title, "author": book.author, "language": book.language, "pictures": written}
    (out / MANIFEST).write_text(json.dumps(listing, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Result(
        book=book,
        files=tuple(row["file"] for row in written),
        placeholders=sum(image.is_marked for image in images.values()),
        failed=tuple(failed),
        trouble=tuple(trouble),
        cost=cost,
        unpriced=unpriced,
    )


def _told(name: str, passage: Passage, image: GeneratedImage) -> dict[str, Any]:
    chapter = passage.chapter
    return {
        "file": name,
        "chapter": chapter.number,
        "chapter_title": chapter.title,
        "type": passage.type,
        "priority": passage.priority,
        "text": chapter.text[passage.begin : passage.end],
        "prompt": image.prompt,
        "service": image.service,
        "model": image.model,
        "seed": image.seed,
        "quality": image.quality_score,
        "is_placeholder": image.is_marked,
        "cost_usd": None if image.cost is None else str(image.cost),
    }
