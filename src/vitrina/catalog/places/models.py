"""Where a product stands in a marketplace's tree, and what stands in the attributes that are asked for there."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right


class TreeReading(models.Model):
    """When a marketplace's tree was read whole. No row: it never was."""

    tree = models.CharField(_("tree"), max_length=40, unique=True)
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("reading of a marketplace's tree")
        verbose_name_plural = _("readings of marketplaces' trees")

    def __str__(self) -> str:
        return self.tree


class PlaceSource(models.TextChoices):
    """Who put the product there."""

    CARD = "card", _("its card at the marketplace")
    AI = "ai", _("suggested")
    PERSON = "person", _("a person")


class PlaceQuerySet(models.QuerySet["Place"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> PlaceQuerySet:
        return of_sellers(self, user, right)


class Place(models.Model):
    """A product's category in one marketplace's tree; one for each tree.

    `values`: {attribute id: {"name", "values": [{"id", "text"}], "is_number", "state", "evidence": {"name", "value"}}};
    `state` is "sure", "doubtful" (a person looks first) or "person". `missing`: how many required attributes have none.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="places", db_index=False)
    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="places")
    tree = models.CharField(_("tree"), max_length=40)
    category = models.ForeignKey("catalog.Category", on_delete=models.CASCADE, related_name="places")
    source = models.CharField(max_length=10, choices=PlaceSource, default=PlaceSource.AI)
    confidence = models.FloatField(
        _("confidence"), null=True, blank=True
    )  # null: unknown, or nothing to doubt
    is_confirmed = models.BooleanField(_("confirmed"), default=False)
    values = models.JSONField(default=dict)
    missing = models.PositiveSmallIntegerField(default=0)
    doubtful = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "tree"], name="place_once_per_tree")]
        indexes = [
            # the list of places by what they lack
            models.Index(fields=["seller", "tree", "id", "missing", "doubtful"], name="places_of_seller"),
        ]
        verbose_name = _("place at a marketplace")
        verbose_name_plural = _("places at marketplaces")

    def __str__(self) -> str:
        return f"{self.product_id}: {self.tree}"
