"""A picture that a person made elsewhere (Midjourney has no interface for programs) joins a series."""

from __future__ import annotations

import hashlib
import io
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.imagery import ending
from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.lib import files
from vitrina.lib.pictures import Expected, PictureRefused, judge_apart
from vitrina.lib.pictures.kinds import MEDIA_TYPES, kind_of
from vitrina.vehicles import recipe, scorekeeping
from vitrina.vehicles.angles import angle, in_order
from vitrina.vehicles.models import CarSeries

SERVICE = "by_hand"


def put(series: CarSeries, identity: str, data: bytes, *, by: User | None) -> GeneratedImage:
    """The newest picture of that angle. Nobody knows its prompt, model or cost. Raises PictureRefused, KeyError, OSError."""
    seen, row = angle(identity), series.series
    scene = recipe.scene(recipe.car(**series.told), seen, block=series.frozen)
    media_type = MEDIA_TYPES[kind_of(data)]
    judged = judge_apart(data, media_type, Expected(color=scene.color))
    prepared = judged.prepared
    if prepared is None:
        issue = judged.issues[0]
        raise PictureRefused(issue.sentence, issue.values)
    image = GeneratedImage(
        seller=row.seller,
        created_by=by,
        series=row,
        recipe=scene.recipe,
        subject=row.subject,
        part=seen.id,
        title=row.title,
        scene=scene.model_dump(mode="json"),
        status=ImageStatus.COMPLETED,
        service=SERVICE,
        width=prepared.width,
        height=prepared.height,
        digest=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        size=len(data),
        real_width=prepared.width,
        real_height=prepared.height,
        likeness=prepared.likeness,
        measured=prepared.measured,
        quality_score=judged.score,
        quality_level=judged.level,
        issues=[issue.kept() for issue in judged.issues],
        cost=Decimal(0),
        finished_at=timezone.now(),
    )
    storage = files.storage()
    for name, made, kind in (
        (image.original_name, data, media_type),
        (image.processed_name, prepared.processed, "image/jpeg"),
        (image.thumb_name, prepared.thumb, "image/webp"),
    ):
        storage.save(name, io.BytesIO(made), media_type=kind, is_lasting=True)
    with transaction.atomic():
        image.save()
        if seen.id not in series.angles:
            series.angles = list(in_order([*series.angles, seen.id]))
            series.save(update_fields=["angles"])
        audit.record(
            "vehicle.upload", series.vehicle, by=by, after={"session": row.session, "angle": seen.id}
        )
        ending.tell(image)
        scorekeeping.keep_score(series)
    return image
