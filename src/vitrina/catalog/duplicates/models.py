"""Two products that may be one, why, and what a person said of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> DuplicatePairQuerySet:
        return of_sellers(self, user, right)


class DuplicatePair(models.Model):
    """`one` came first. `reasons`: {"barcode": "460…"}, {"picture": bits that differ}, {"text": 0.93}, those that hold.

    open → dismissed («not a duplicate»), and back. A later look finds the same pair in the same row: what a person said stays.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    one = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+")
    reasons = models.JSONField(_("reasons"))
    found_by = models.BigIntegerField(editable=False)  # the look that found it last, by the id of its job
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    dismissed_at = models.DateTimeField(_("said to be two"), null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="duplicate_pair_once")]
        indexes = [
            # The page: a seller's open pairs, and the dismissed ones, by their numbers.
            models.Index(fields=["seller", "dismissed_at", "id"], name="duplicates_of_seller"),
        ]
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")

    def __str__(self) -> str:
        return f"{self.one_id} ~ {self.other_id}"
