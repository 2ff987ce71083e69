"""Ask for pictures: the front door for other rooms. What is asked for is a row and a job, written together."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from django.db import transaction

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.imagery import ending, quota
from vitrina.imagery.models import GeneratedImage, ImageSeries, ImageStatus
from vitrina.imagery.options import Options
from vitrina.imagery.quota import PicturesSpent
from vitrina.imagery.scene import Recipe, Scene
from vitrina.imagery.waking import KIND, key_of
from vitrina.jobs import control
from vitrina.jobs.enqueue import Priority, QueueFull, enqueue
from vitrina.jobs.models import Job
from vitrina.lib.sentences import gettext_noop

__all__ = [
    "KIND",
    "PicturesSpent",
    "QueueFull",
    "ReferenceFile",
    "ask_for",
    "begin_series",
    "cancel",
    "job_of",
    "redo",
    "reference_of",
]

AS_IT_COMES = Options()  # no wishes beyond the scene
MOST_REFERENCES = 8
CANCELLED = gettext_noop("Cancelled before it was finished; the unit of the plan was given back.")


@dataclass(frozen=True)
class ReferenceFile:
    """A picture that is given along. `name`: in the installation's storage. `digest`: SHA-256 of its bytes, 64 hex digits.
    `role`: what it is of, in English."""

    name: str
    media_type: str
    digest: str
    role: str = ""


def ask_for(
    seller: Seller,
    scene: Scene,
    *,
    title: str,
    subject: str = "",
    part: str = "",
    series: ImageSeries | None = None,
    options: Options = AS_IT_COMES,
    references: Sequence[ReferenceFile] = (),
    by: User | None = None,
    priority: Priority = Priority.SYNC,
) -> GeneratedImage:
    """The picture of this scene: a row, and a job that makes it, in one transaction or the caller's.

    The same wish again gives the same row: one that is under way always, one that stands unless `options.is_forced`.
    `subject`: what it is of («passage:12»); `part`: which of its series («front»).
    Raises PicturesSpent where the plan's pictures are used up, QueueFull at the seller's limit of jobs.
    """
    if len(references) > MOST_REFERENCES:
        raise ValueError(f"{len(references)} reference pictures; at most {MOST_REFERENCES} may be given.")
    given = [asdict(reference) for reference in references]
    wish = _wish(seller, scene, subject=subject, part=part, series=series, options=options, references=given)
    with transaction.atomic():
        # The seller's row is the lock: of two clicks that arrive together the second finds the work of the first.
        Seller.objects.select_for_update(no_key=True).only("pk").get(pk=seller.pk)
        same = GeneratedImage.objects.filter(wish=wish, seller=seller)
        alike = [ImageStatus.QUEUED, ImageStatus.GENERATING]
        if not options.is_forced:
            alike.append(ImageStatus.COMPLETED)
        found = same.filter(status__in=alike).order_by("-pk").first()
        if found is not None:
            return found
        image = GeneratedImage.objects.create(
            seller=seller,
            created_by=by,
            series=series,
            recipe=scene.recipe,
            subject=subject,
            part=part,
            title=title[:200],
            scene=scene.model_dump(mode="json"),
            options=options.model_dump(mode="json"),
            seed=_seed(wish, options),
            references=given,
            wish=wish,
            held=quota.take(seller.pk, by.pk if by is not None else None),
        )
        _enqueue(image, priority)
        audit.record("image.ask", image, by=by, after={"title": image.title, "recipe": image.recipe})
        ending.tell(image)
    return image


def begin_series(
    seller: Seller,
    *,
    recipe: Recipe,
    subject: str,
    session: str,
    title: str,
    most_at_once: int = 3,
    by: User | None = None,
) -> ImageSeries:
    """The series of this session; a second call gives the first one's row. `most_at_once`: of its pictures that are made at
    the same time, whatever the services and the plan allow."""
    with transaction.atomic():
        series, is_new = ImageSeries.objects.get_or_create(
            session=session,
            defaults={
                "seller": seller,
                "created_by": by,
                "recipe": recipe,
                "subject": subject,
                "title": title[:200],
                "most_at_once": max(1, most_at_once),
            },
        )
        if series.seller_id != seller.pk:
            raise ValueError(f"The session {session} belongs to another seller.")
        if is_new:
            audit.record("image.series", series, by=by, after={"title": series.title, "subject": subject})
    return series


def redo(
    image: GeneratedImage,
    options: Options | None = None,
    *,
    by: User | None,
    scene: Scene | None = None,
    priority: Priority = Priority.OPERATOR,
) -> GeneratedImage:
    """A new picture of the same subject, with another seed or other options; the old one stays. A double click makes one.

    Raises as `ask_for`.
    """
    wanted = options or Options.model_validate(image.options).model_copy(update={"seed": None})
    return ask_for(
        image.seller,
        scene or Scene.model_validate(image.scene),
        title=image.title,
        subject=image.subject,
        part=image.part,
        series=image.series,
        options=wanted.model_copy(update={"is_forced": True}),
        references=[ReferenceFile(**reference) for reference in image.references],
        by=by,
        priority=priority,
    )


def cancel(image: GeneratedImage, *, by: User | None) -> bool:
    """End a picture that is under way; whether it was. What is in a call at this moment is paid, and not kept."""
    job = job_of(image)
    if job is not None:
        try:
            control.cancel(job, by=by)
        except control.ControlRefused:  # it ended between the two
            return False
    with transaction.atomic():
        was_under_way = ending.fail(image.pk, CANCELLED)
        if was_under_way:
            audit.record("image.cancel", image, by=by)
    return was_under_way


def job_of(image: GeneratedImage) -> Job | None:
    """Of a picture that is under way. One query."""
    found: Job | None = Job.objects.live().filter(kind=KIND, key=key_of(image.pk)).first()
    return found


def reference_of(image: GeneratedImage, role: str = "") -> ReferenceFile:
    """A finished picture as a reference for others."""
    return ReferenceFile(image.processed_name, "image/jpeg", image.digest, role)


def _enqueue(image: GeneratedImage, priority: Priority) -> None:
    enqueue(
        KIND,
        {"image_id": image.pk},
        key=key_of(image.pk),
        seller_id=image.seller_id,
        priority=priority,
        title=image.title,
        created_by_id=image.created_by_id,
    )


def _wish(
    seller: Seller,
    scene: Scene,
    *,
    subject: str,
    part: str,
    series: ImageSeries | None,
    options: Options,
    references: Sequence[dict[str, Any]],
) -> str:
    """Everything that was asked for, apart from whether it is to be made anew."""
    told = [
        seller.pk,
        subject,
        part,
        series.pk if series is not None else None,
        scene.model_dump(mode="json"),
        options.model_dump(mode="json", exclude={"is_forced"}),
        sorted(reference["digest"] for reference in references),
    ]
    return hashlib.sha256(orjson.dumps(told)).hexdigest()


def _seed(wish: str, options: Options) -> int:
    """The person's; else the wish's own, so that the same wish finds the same picture; a forced one is drawn by lot."""
    if options.seed is not None:
        return options.seed
    return secrets.randbelow(2**31) if options.is_forced else int(wish[:8], 16) % 2**31
