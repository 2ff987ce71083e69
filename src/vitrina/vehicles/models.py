"""Cars that are on offer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right


class VehicleQuerySet(models.QuerySet["Vehicle"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> VehicleQuerySet:
        return of_sellers(self, user, right)


class Vehicle(models.Model):
    """A car. `brand`: as the person writes it; `brand_key`: its id in the badge data, empty where unknown.

    `color`: as written; `color_hex`: «#RRGGBB», empty where it is not known. `details`: further words of the ad.
    `photo_digest`: the seller's own photo, stored beside the generated pictures; the reference of its series.
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
    photo_media_type = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = VehicleQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["seller", "-id"], name="vehicle_of_seller")]
        verbose_name = _("car")
        verbose_name_plural = _("cars")

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.brand, self.model, self.year) if part)
