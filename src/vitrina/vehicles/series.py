"""A series of one car: all angles at once, after the seller's photo, after the picture that is drawn first, or by the words
alone. What a person asks for is rows and jobs of the imagery room; nothing is drawn here."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.imagery import asking
from vitrina.imagery.asking import PicturesSpent, QueueFull, ReferenceFile
from vitrina.imagery.candidates import foreseen
from vitrina.imagery.choosing import Wanted
from vitrina.imagery.models import GeneratedImage, ImageSeries, ImageStatus
from vitrina.imagery.options import Options
from vitrina.imagery.scene import Recipe
from vitrina.jobs.enqueue import Priority
from vitrina.lib.sentences import gettext_noop
from vitrina.vehicles import photos, recipe
from vitrina.vehicles.angles import ANCHOR, ANGLES, USUAL, angle, in_order
from vitrina.vehicles.models import CarSeries, Following, Vehicle
from vitrina.vehicles.recipe import Car
from vitrina.vehicles.scorekeeping import keep_score

MOST_AT_ONCE = len(ANGLES)
_SESSION = re.compile(r"CAR-[0-9A-F]{8}")
_ROLE = "the same car, as it must look from the other side too"

WAITS = gettext_noop(
    "The first picture is still being drawn; the others follow it. Try again when it stands."
)
UNDER_WAY = gettext_noop("This angle is being drawn already.")
OTHER_SESSION = gettext_noop("This session belongs to another car. Open the page anew.")
BAD_SESSION = gettext_noop("A session is «CAR-» and eight digits of 0–9 and A–F.")
SPENT = gettext_noop(
    "The plan allows %(most)d pictures and %(used)d are used: the other angles were not asked for. "
    "Ask for them when the count begins anew."
)
FULL = gettext_noop(
    "Too much waits to be done: the other angles were not asked for. Ask for them in a moment."
)
NO_ANCHOR = gettext_noop(
    "The first picture, which the others were to follow, did not come out; they were drawn by the words alone."
)


class SeriesRefused(Exception):
    """It can't be so; the sentence says why. Nothing was changed."""

    permanent = True


def new_session() -> str:
    return f"CAR-{secrets.token_hex(4).upper()}"


def car_of(vehicle: Vehicle) -> Car:
    return recipe.car(**told_of(vehicle))


def told_of(vehicle: Vehicle) -> dict[str, Any]:
    names = ("brand", "model", "year", "color", "color_hex", "body_type", "details")
    return {name: getattr(vehicle, name) for name in names}


def begin(
    vehicle: Vehicle,
    *,
    angles: Sequence[str] = (),
    options: Options | None = None,
    session: str = "",
    most_at_once: int = MOST_AT_ONCE,
    by: User | None,
) -> CarSeries:
    """All pictures of the series, or the first one where the others follow it. The same session again is the same series.

    `most_at_once`: of its pictures that are drawn at the same time; services and the plan may allow fewer.
    Raises SeriesRefused, PicturesSpent and QueueFull; then nothing was begun.
    """
    session = session or new_session()
    if not _SESSION.fullmatch(session):
        raise SeriesRefused(BAD_SESSION)
    options = options or Options()
    chosen = in_order(list(angles or USUAL))
    car = car_of(vehicle)
    following, references = _followed(vehicle, chosen, options)
    with transaction.atomic():
        # The seller's row is the lock: of two clicks the second finds the series of the first.
        Seller.objects.select_for_update(no_key=True).only("pk").get(pk=vehicle.seller_id)
        known = CarSeries.objects.select_related("series", "vehicle").filter(series__session=session).first()
        if known is not None and known.vehicle_id == vehicle.pk:
            return known
        if known is not None or ImageSeries.objects.filter(session=session).exists():
            raise SeriesRefused(OTHER_SESSION)
        series = CarSeries.objects.create(
            series=asking.begin_series(
                vehicle.seller,
                recipe=Recipe.CAR_ANGLE,
                subject=vehicle.subject,
                session=session,
                title=str(vehicle),
                most_at_once=most_at_once,
                by=by,
            ),
            vehicle=vehicle,
            angles=list(chosen),
            told=told_of(vehicle),
            frozen=recipe.frozen(car),
            options=options.model_dump(mode="json"),
            following=following,
            references=[asdict(reference) for reference in references],
        )
        if following == Following.ANCHOR:
            first = ANCHOR if ANCHOR in chosen else chosen[0]
            series.waits_for = _ask(series, first, by=by)
            series.save(update_fields=["waits_for"])
        else:
            _ask_all(series, chosen, by=by)
        audit.record("vehicle.series", vehicle, by=by, after={"session": session, "angles": list(chosen)})
    return series


def redo(
    series: CarSeries, identity: str, *, options: Options | None = None, by: User | None
) -> GeneratedImage:
    """One angle anew, with another seed; the pictures before it stay. An angle that the series doesn't have yet joins it.

    Raises KeyError for an unknown angle, SeriesRefused, PicturesSpent and QueueFull.
    """
    seen = angle(identity)
    with transaction.atomic():
        Seller.objects.select_for_update(no_key=True).only("pk").get(pk=series.series.seller_id)
        series.refresh_from_db(fields=["waits_for", "angles", "references", "following"])
        if series.waits_for_id is not None:
            raise SeriesRefused(WAITS)
        before = series.series.images.filter(part=seen.id)
        if before.under_way().exists():
            raise SeriesRefused(UNDER_WAY)
        image = _ask(series, seen.id, attempt=before.count(), options=options, by=by)
        if seen.id not in series.angles:
            series.angles = list(in_order([*series.angles, seen.id]))
            series.save(update_fields=["angles"])
        audit.record(
            "vehicle.angle", series.vehicle, by=by, after={"session": series.series.session, "angle": seen.id}
        )
    return image


def missing(series: CarSeries) -> tuple[str, ...]:
    """Angles that were wanted and never asked for, as when the plan was spent meanwhile."""
    if series.waits_for_id is not None:
        return ()
    asked = set(series.series.images.values_list("part", flat=True))
    return tuple(identity for identity in series.angles if identity not in asked)


def ask_missing(series: CarSeries, *, by: User | None) -> int:
    """How many were asked for. Raises PicturesSpent and QueueFull; then nothing was."""
    with transaction.atomic():
        Seller.objects.select_for_update(no_key=True).only("pk").get(pk=series.series.seller_id)
        wanted = missing(series)
        _ask_all(series, wanted, by=by)
        CarSeries.objects.filter(pk=series.pk).update(trouble="", trouble_values={})
        if wanted:
            audit.record("vehicle.missing", series.vehicle, by=by, after={"angles": list(wanted)})
    return len(wanted)


def picture_ended(image: GeneratedImage) -> None:
    """Told by the imagery room in the transaction of a picture's end: the others follow the first; the score is kept."""
    if image.recipe != Recipe.CAR_ANGLE or image.series_id is None:
        return
    series = (
        CarSeries.objects.select_related("series__seller", "vehicle__seller", "series__created_by")
        .filter(series_id=image.series_id)
        .first()
    )
    if series is None:
        return
    if series.waits_for_id == image.pk:
        _follow(series, image)
    keep_score(series)


def _follow(series: CarSeries, first: GeneratedImage) -> None:
    """The first picture stands, or is not to be had: the others are asked for, all at once."""
    series.waits_for = None
    if first.status == ImageStatus.COMPLETED and not first.is_marked:
        series.references = [asdict(asking.reference_of(first, _ROLE))]
    else:
        series.following = Following.TEXT
        if first.status == ImageStatus.FAILED:
            series.trouble = NO_ANCHOR
    try:
        with transaction.atomic():
            others = [identity for identity in series.angles if identity != first.part]
            _ask_all(series, others, by=series.series.created_by)
    except PicturesSpent as spent:
        series.trouble, series.trouble_values = SPENT, {"most": spent.most, "used": spent.used}
    except QueueFull:
        series.trouble, series.trouble_values = FULL, {}
    series.save(update_fields=["waits_for", "references", "following", "trouble", "trouble_values"])


def _ask_all(series: CarSeries, identities: Iterable[str], *, by: User | None) -> None:
    for identity in identities:
        _ask(series, identity, by=by)


def _ask(
    series: CarSeries, identity: str, *, attempt: int = 0, options: Options | None = None, by: User | None
) -> GeneratedImage:
    seen, row = angle(identity), series.series
    wanted = options or Options.model_validate(series.options)
    if options is None or options.seed is None:
        wanted = wanted.model_copy(update={"seed": recipe.seed(row.session, identity, attempt)})
    return asking.ask_for(
        row.seller,
        recipe.scene(recipe.car(**series.told), seen, block=series.frozen),
        title=row.title,
        subject=row.subject,
        part=seen.id,
        series=row,
        options=wanted.model_copy(update={"is_forced": bool(attempt)}),
        references=[ReferenceFile(**reference) for reference in series.references],
        by=by,
        priority=Priority.OPERATOR,
    )


def _followed(
    vehicle: Vehicle, angles: Sequence[str], options: Options
) -> tuple[Following, list[ReferenceFile]]:
    """What the angles follow: the photo or the first picture where the service that will be asked takes references."""
    service = foreseen(vehicle.seller, Wanted(Recipe.CAR_ANGLE, 1, options.service))
    if service is None or service.service.is_offline or not service.abilities.most_references:
        return Following.TEXT, []
    photo = photos.reference(vehicle)
    if photo is not None:
        return Following.PHOTO, [photo]
    return (Following.ANCHOR if len(angles) > 1 else Following.TEXT), []
