"""What a person does with a car: write it down, change it, take it away. Each stands in the audit."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.imagery import asking
from vitrina.imagery.models import GeneratedImage, ImageSeries
from vitrina.vehicles import badges, paints
from vitrina.vehicles.models import Vehicle

CHANGEABLE = ("brand", "model", "year", "color", "color_hex", "body_type", "details")


def create(seller: Seller, *, by: User | None, **said: Any) -> Vehicle:
    """`said`: of CHANGEABLE; brand and model at least."""
    with transaction.atomic():
        vehicle = Vehicle(seller=seller, created_by=by)
        _write(vehicle, said)
        vehicle.save()
        audit.record("vehicle.create", vehicle, by=by, after=_told(vehicle))
    return vehicle


def change(vehicle: Vehicle, *, by: User | None, **said: Any) -> None:
    """Only what is `said`; series that were begun before stay as they were asked for."""
    before = _told(vehicle)
    with transaction.atomic():
        _write(vehicle, said)
        vehicle.save(update_fields=[*CHANGEABLE, "brand_key"])
        if _told(vehicle) != before:
            audit.record("vehicle.change", vehicle, by=by, before=before, after=_told(vehicle))


def remove(vehicle: Vehicle, *, by: User | None) -> None:
    """Its series and their pictures go with it; what is under way is cancelled."""
    mine = GeneratedImage.objects.filter(seller_id=vehicle.seller_id, subject=vehicle.subject)
    for image in mine.under_way():
        asking.cancel(image, by=by)
    with transaction.atomic():
        audit.record("vehicle.remove", vehicle, by=by, before=_told(vehicle))
        ImageSeries.objects.filter(of_car__vehicle=vehicle).delete()
        vehicle.delete()


def _write(vehicle: Vehicle, said: dict[str, Any]) -> None:
    for name, value in said.items():
        setattr(vehicle, name, value)
    known = badges.recognized(vehicle.brand)
    vehicle.brand_key = known.id if known else ""
    if "color" in said and not said.get("color_hex"):
        paint = paints.paint_of(vehicle.color)
        vehicle.color_hex = paint.hex if paint else ""


def _told(vehicle: Vehicle) -> dict[str, Any]:
    return {name: getattr(vehicle, name) for name in CHANGEABLE}
