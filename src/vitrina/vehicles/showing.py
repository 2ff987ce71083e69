"""A car and its series as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from vitrina.imagery.addresses import address
from vitrina.imagery.installed import services
from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.imagery.service_words import service_title
from vitrina.imagery.showing import TONES, said, said_of, trouble_of
from vitrina.lib.picture_files import Size, public_address
from vitrina.vehicles import badges, series
from vitrina.vehicles.angles import ANGLES, Angle, angle
from vitrina.vehicles.models import CarSeries, Following, Photo, Vehicle

# Of a picture in a grid; the rest is on its own page.
UNSHOWN = ("scene", "options", "measured", "prompt", "negative_prompt", "references")


@dataclass(frozen=True)
class Slot:
    """One angle of a series. `picture`: the newest finished one. `coming`: one that waits or is drawn. `failed`: the newest
    try, where it did not come out. `before`: the finished one before `picture`, to compare with."""

    angle: Angle
    name: str
    picture: GeneratedImage | None
    coming: GeneratedImage | None
    failed: GeneratedImage | None
    before: GeneratedImage | None
    is_waiting: bool  # for the first picture, which it follows

    @property
    def thumb(self) -> str:
        return address(self.picture, Size.PROCESSED) if self.picture else ""

    @property
    def tone(self) -> str:
        return TONES.get(self.picture.quality_level, "") if self.picture else ""  # type: ignore[call-overload] # "" is no level

    @property
    def trouble(self) -> str:
        return trouble_of(self.failed) if self.failed else ""

    @property
    def service(self) -> str:
        return service_title(self.picture.service) if self.picture else ""


def slots_of(one: CarSeries, pictures: Iterable[GeneratedImage]) -> list[Slot]:
    """`pictures`: all of the series, oldest first."""
    of_angle: dict[str, list[GeneratedImage]] = {}
    for picture in pictures:
        of_angle.setdefault(picture.part, []).append(picture)
    return [
        _slot(angle(identity), of_angle.get(identity, []), is_waiting=one.waits_for_id is not None)
        for identity in one.angles
    ]


def _slot(seen: Angle, pictures: Sequence[GeneratedImage], *, is_waiting: bool) -> Slot:
    finished = [one for one in pictures if one.status == ImageStatus.COMPLETED]
    last = pictures[-1] if pictures else None
    return Slot(
        angle=seen,
        name=_(seen.name),
        picture=finished[-1] if finished else None,
        coming=last if last is not None and last.is_under_way else None,
        failed=last if last is not None and last.status == ImageStatus.FAILED else None,
        before=finished[-2] if len(finished) > 1 else None,
        is_waiting=is_waiting and last is None,
    )


@dataclass(frozen=True)
class SeriesShown:
    row: CarSeries
    slots: list[Slot]
    score: dict[str, Any] | None
    following: str
    trouble: str
    missing: list[str]
    cost: Decimal | None
    dropped: list[str]

    @property
    def is_live(self) -> bool:
        return self.row.waits_for_id is not None or any(slot.coming for slot in self.slots)

    @property
    def done(self) -> int:
        return sum(1 for slot in self.slots if slot.picture is not None)

    @property
    def finished(self) -> list[GeneratedImage]:
        return [slot.picture for slot in self.slots if slot.picture is not None]


def series_shown(one: CarSeries) -> SeriesShown:
    """Two queries."""
    pictures = list(one.series.images.order_by("pk").defer(*UNSHOWN))
    slots = slots_of(one, pictures)
    asked = {picture.part for picture in pictures}
    costs = [picture.cost for picture in pictures if not picture.is_under_way]
    return SeriesShown(
        row=one,
        slots=slots,
        score=score_shown(one.series.score),
        following=following_words(one),
        trouble=said(one.trouble, one.trouble_values),
        missing=[] if one.waits_for_id else [_(angle(name).name) for name in one.angles if name not in asked],
        cost=None if any(cost is None for cost in costs) else sum((c for c in costs if c), Decimal(0)),
        dropped=sorted({words for picture in pictures for words in said_of(picture.dropped)}),
    )


def score_shown(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    """A kept score with its names in the reader's language; None where nothing could be judged yet."""
    if not kept or kept.get("total") is None:
        return None
    total = kept["total"]
    return kept | {
        "tone": "ok" if total >= 70 else "wait" if total >= 50 else "bad",
        "duplicates": [
            " + ".join(_(angle(name).name) for name in pair) for pair in kept.get("duplicates", [])
        ],
        "odd": [_(angle(name).name) for name in kept.get("odd", [])],
        "groups": [
            group
            | {
                "name": _(group["name"]),
                "parts": [part | {"name": _(part["name"])} for part in group["parts"]],
            }
            for group in kept["groups"]
        ],
    }


def following_words(one: CarSeries) -> str:
    match one.following:
        case Following.PHOTO:
            return _("Every angle was drawn after your photo.")
        case Following.ANCHOR:
            return _("The first picture was drawn by the words; all others were drawn after it.")
        case _:
            return _(
                "Likeness is by the words alone: no service that takes a reference picture was at hand. Angles may differ in detail."
            )


def photo_address(vehicle: Vehicle, size: Size = Size.PROCESSED) -> str:
    """For a page; empty without a photo. No query, no call."""
    photo: Photo | None = vehicle.photo
    if photo is None:
        return ""
    return public_address(photo, size) or reverse("vehicle_photo_file", args=[vehicle.pk, photo.digest, size])


def badge_shown(vehicle: Vehicle) -> dict[str, Any]:
    """{"is_known", "name", "words", "placement", "note", "doubt"}: what is known of the badge, and how surely."""
    known = badges.brand(vehicle.brand_key) if vehicle.brand_key in badges.identities() else None
    if known is None:
        return {"is_known": False}
    badge = badges.badge_of(known, vehicle.year)
    doubt = ""
    if not badge.is_year_known and len(known.eras) > 1:
        doubt = _("Without a model year the newest badge is taken.")
    elif not badge.is_certain:
        doubt = _("Not certain for this model year: compare it with the real car.")
    return {
        "is_known": True,
        "name": known.name,
        "words": badge.words,
        "placement": badge.placement,
        "rivals": ", ".join(known.confused_with),
        "doubt": doubt,
    }


def angle_choices() -> list[tuple[str, str]]:
    return [(one.id, _(one.name)) for one in ANGLES]


def service_choices() -> list[tuple[str, str]]:
    """Those that can be asked now, the offline one last."""
    return [(one.name, one.service.title) for one in services().values() if one.is_usable]


def untold_words(vehicle: Vehicle) -> str:
    """What of the person's own words no service hears of; empty where it hears of all."""
    if not series.car_of(vehicle).is_told_in_part:
        return ""
    told = ", ".join(series.car_of(vehicle).equipment)
    if not told:
        return _(
            "None of the details is told to a service: only equipment that a picture shows is, in known words."
        )
    return _("Of the details a service is told: %(told)s.") % {"told": told}
