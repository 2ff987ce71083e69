"""Cars as a list shows them: the face of each, its score, how far its newest series is. Three queries, however many cars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vitrina.imagery.addresses import address
from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.lib.picture_files import Size
from vitrina.vehicles.angles import ANCHOR, ANGLES
from vitrina.vehicles.models import CarSeries, Vehicle
from vitrina.vehicles.showing import photo_address, score_shown

_ORDER = {one.id: place for place, one in enumerate(ANGLES)}


@dataclass(frozen=True)
class Card:
    """`face`: address of its picture, empty without one. `total`: the score of the newest series, None where unknown."""

    vehicle: Vehicle
    face: str
    is_marked: bool
    series: int
    done: int
    wanted: int
    is_live: bool
    total: int | None
    tone: str


def cards_of(vehicles: Sequence[Vehicle]) -> list[Card]:
    subjects = [vehicle.subject for vehicle in vehicles]
    counted: dict[int, int] = {}
    newest: dict[int, CarSeries] = {}
    for row in CarSeries.objects.filter(vehicle__in=vehicles).select_related("series").order_by("pk"):
        counted[row.vehicle_id] = counted.get(row.vehicle_id, 0) + 1
        newest[row.vehicle_id] = row
    pictures: dict[str, list[GeneratedImage]] = {}
    rows = GeneratedImage.objects.filter(subject__in=subjects, series__in=[row.pk for row in newest.values()])
    for image in rows.only(
        "seller_id", "series_id", "subject", "part", "status", "digest", "media_type", "is_marked"
    ):
        pictures.setdefault(image.subject, []).append(image)
    return [
        _card(one, newest.get(one.pk), counted.get(one.pk, 0), pictures.get(one.subject, []))
        for one in vehicles
    ]


def _card(vehicle: Vehicle, newest: CarSeries | None, series: int, pictures: list[GeneratedImage]) -> Card:
    finished = [one for one in pictures if one.status == ImageStatus.COMPLETED]
    face = min(
        finished, key=lambda one: (one.part != ANCHOR, _ORDER.get(one.part, 99), -one.pk), default=None
    )
    kept = score_shown(newest.series.score) if newest else None
    return Card(
        vehicle=vehicle,
        face=address(face, Size.THUMB) if face else photo_address(vehicle, Size.THUMB),
        is_marked=bool(face and face.is_marked),
        series=series,
        done=len({one.part for one in finished}),
        wanted=len(newest.angles) if newest else 0,
        is_live=any(one.is_under_way for one in pictures) or bool(newest and newest.waits_for_id),
        total=kept["total"] if kept else None,
        tone=kept["tone"] if kept else "",
    )
