"""Cars that are on offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right
from vitrina.imagery.models import GeneratedImage, ImageSeries

PHOTOS = "vehicles/photos"


class VehicleQuerySet(models.QuerySet["Vehicle"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> VehicleQuerySet:
        return of_sellers(self, user, right)


class Vehicle(models.Model):
    """A car. `brand`: as the person writes it; `brand_key`: its id in the badge data, empty where unknown.

    `color`: as written; `color_hex`: «#RRGGBB», empty where it is not known. `details`: further words of the ad.
    `photo_digest`: of the seller's own photo, SHA-256 of the JPEG that is kept of it; the reference of its series. What the
    camera wrote into the file (place, time, owner) is not kept. Empty without a photo.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="vehicles", db_index=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    brand = models.CharField(_("brand"), max_length=80)
    brand_key = models.CharField(max_length=40, blank=True)
    model = models.CharField(_("model"), max_length=80)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    color = models.CharField(_("color"), max_length=60, blank=True)
    color_hex = models.CharField(max_length=7, blank=True)
    body_type = models.CharField(_("body type"), max_length=60, blank=True)
    details = models.TextField(_("details"), blank=True)
    photo_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = VehicleQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["seller", "-id"], name="vehicle_of_seller")]
        verbose_name = _("car")
        verbose_name_plural = _("cars")

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.brand, self.model, self.year) if part)

    @property
    def subject(self) -> str:
        """As pictures and series know it."""
        return f"vehicle:{self.pk}"

    @property
    def photo(self) -> Photo | None:
        return Photo(self.seller_id, self.photo_digest) if self.photo_digest else None


@dataclass(slots=True)
class Photo:
    """A seller's own photo in the storage, as `lib.picture_files` gives it out."""

    seller_id: int
    digest: str
    media_type: str = "image/jpeg"

    @property
    def original_name(self) -> str:
        return self.processed_name

    @property
    def processed_name(self) -> str:
        """JPEG, longest side ≤ 1024, without metadata."""
        return f"{PHOTOS}/{self.seller_id}/{self.digest[:2]}/{self.digest}.jpg"

    @property
    def thumb_name(self) -> str:
        """WebP, longest side ≤ 320."""
        return f"{PHOTOS}/{self.seller_id}/{self.digest[:2]}/{self.digest}.webp"


class Following(models.TextChoices):
    """What keeps the angles of a series alike, besides the words that they share."""

    TEXT = "text", _("the words alone")
    PHOTO = "photo", _("your photo")
    ANCHOR = "anchor", _("the first picture")


class CarSeriesQuerySet(models.QuerySet["CarSeries"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> CarSeriesQuerySet:
        return self.filter(vehicle__in=Vehicle.objects.reachable_by(user, right))


class CarSeries(models.Model):
    """What a series of one car was asked for with. The car may be changed later; the series stays one.

    `angles`: ids of `angles.ANGLES`, in order. `told`: the car's fields when it began, as `recipe.car` takes them.
    `frozen`: the description that stands in every prompt of it. `options`: `imagery.options.Options` as JSON.
    `waits_for`: the first picture, which the others wait for; empty once they were asked for. `trouble`: why some angles
    were not asked for, a sentence with its values.
    """

    series = models.OneToOneField(
        ImageSeries, on_delete=models.CASCADE, primary_key=True, related_name="of_car"
    )
    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="series")
    angles = models.JSONField()
    told = models.JSONField()
    frozen = models.TextField()
    options = models.JSONField(default=dict)
    following = models.CharField(_("follows"), max_length=8, choices=Following, default=Following.TEXT)
    references = models.JSONField(default=list)
    waits_for = models.ForeignKey(
        GeneratedImage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    trouble = models.CharField(max_length=300, blank=True)
    trouble_values = models.JSONField(default=dict)

    objects = CarSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series of a car")
        verbose_name_plural = _("series of cars")

    def __str__(self) -> str:
        return f"{self.vehicle}: {self.series.session}"
