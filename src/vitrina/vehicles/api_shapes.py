"""Cars and their series as programs see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from vitrina.imagery.api_series import SERIES, SeriesShown
from vitrina.rest.fields import Shown
from vitrina.vehicles.angles import ANGLES
from vitrina.vehicles.models import CarSeries, Following, Vehicle
from vitrina.vehicles.showing import badge_shown

ANGLE_IDS = [one.id for one in ANGLES]


class BadgeShown(Shown):
    name = serializers.CharField()
    words = serializers.CharField(help_text=_("How the badge of this model year looks, in English."))
    placement = serializers.CharField()
    doubt = serializers.CharField(allow_blank=True, help_text=_("Why it isn't certain; empty where it is."))


class VehicleShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    brand = serializers.CharField()
    brand_key = serializers.CharField(
        allow_blank=True, help_text=_("The brand in the badge data; empty: it isn't known.")
    )
    model = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    color = serializers.CharField(allow_blank=True)
    color_hex = serializers.CharField(allow_blank=True, help_text=_("«#rrggbb»; empty: unknown."))
    body_type = serializers.CharField(allow_blank=True)
    details = serializers.CharField(allow_blank=True)
    badge = BadgeShown(allow_null=True)
    photo_url = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class AdRead(Shown):
    """What an ad told; empty and null where it told nothing."""

    brand = serializers.CharField(allow_blank=True)
    brand_key = serializers.CharField(allow_blank=True)
    model = serializers.CharField(allow_blank=True)
    year = serializers.IntegerField(allow_null=True)
    color = serializers.CharField(allow_blank=True)
    color_hex = serializers.CharField(allow_blank=True)
    body_type = serializers.CharField(allow_blank=True)
    details = serializers.CharField(allow_blank=True)


class CarSeriesShown(Shown):
    series = SeriesShown()
    vehicle = serializers.IntegerField()
    angles = serializers.ListField(child=serializers.ChoiceField(ANGLE_IDS))
    following = serializers.ChoiceField(
        Following.values,
        help_text=_("What the angles follow besides the words: nothing, the photo, or the first picture."),
    )
    frozen = serializers.CharField(help_text=_("Stands in every prompt of the series, byte for byte."))
    waits_for = serializers.IntegerField(
        allow_null=True, help_text=_("The first picture, while the others wait for it.")
    )


AD = {
    "brand": "Renault",
    "brand_key": "renault",
    "model": "Clio",
    "year": 2021,
    "color": "синий",
    "color_hex": "#1f4fbf",
    "body_type": "хэтчбек",
    "details": "литые диски",
}
VEHICLE = {
    "id": 3,
    "seller": 1,
    **AD,
    "badge": {
        "name": "Renault",
        "words": "flat vertical rhombus drawn with two parallel interlaced lines, open in the middle",
        "placement": "center of the grille",
        "doubt": "",
    },
    "photo_url": None,
    "created_at": "2026-03-01T10:00:00+03:00",
}
CAR_SERIES = {
    "series": SERIES,
    "vehicle": 3,
    "angles": ["three_quarter_front", "front"],
    "following": "anchor",
    "frozen": "2021 Renault Clio, hatchback, body painted blue (#1f4fbf), alloy wheels. One and the same car in every picture: …",
    "waits_for": None,
}


def shown(rows: Sequence[Vehicle]) -> list[dict[str, Any]]:
    return [row(vehicle) for vehicle in rows]


def row(vehicle: Vehicle) -> dict[str, Any]:
    badge = badge_shown(vehicle)
    return {
        "id": vehicle.pk,
        "seller": vehicle.seller_id,
        "brand": vehicle.brand,
        "brand_key": vehicle.brand_key,
        "model": vehicle.model,
        "year": vehicle.year,
        "color": vehicle.color,
        "color_hex": vehicle.color_hex,
        "body_type": vehicle.body_type,
        "details": vehicle.details,
        "badge": {name: badge[name] for name in ("name", "words", "placement", "doubt")}
        if badge["is_known"]
        else None,
        "photo_url": reverse("api_vehicle_photo", args=[vehicle.pk]) if vehicle.photo_digest else None,
        "created_at": vehicle.created_at,
    }


def series_row(one: CarSeries, series: dict[str, Any]) -> dict[str, Any]:
    """`series`: as `imagery.api_series.row` tells it."""
    return {
        "series": series,
        "vehicle": one.vehicle_id,
        "angles": list(one.angles),
        "following": str(one.following),
        "frozen": one.frozen,
        "waits_for": one.waits_for_id,
    }
