"""A seller's connection to a marketplace, and how fast each of them is asked."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ConnectionQuerySet:
        return of_sellers(self, user, right)

    def on(self) -> ConnectionQuerySet:
        return self.connected().filter(is_on=True)

    def connected(self) -> ConnectionQuerySet:
        return self.exclude(credentials="")


class Connection(models.Model):
    """A seller's account at one marketplace. `credentials` go in and never come out: pages show `shown` alone.

    Disconnected, the row stays without credentials, for what was read through it; connecting anew takes it up again.

    `access`: {"review": {"state": "open", "needs": ""}, …} as the last probe found it; empty before the first.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="connections")
    platform = models.CharField(_("marketplace"), max_length=40)
    credentials = models.TextField(blank=True, default="")  # sealed JSON; for one row: "connection:7"
    shown = models.JSONField(default=dict)  # {"token": "…a1b2", "client_id": "12345"}
    is_on = models.BooleanField(_("in use"), default=True)
    name = models.CharField(max_length=200, blank=True, default="")  # the shop's, as the marketplace knows it
    # Which shop was read, in the marketplace's own words for it; empty before the first reading, or where it doesn't tell.
    shop = models.CharField(max_length=100, blank=True, default="")
    access = models.JSONField(default=dict)
    expires_at = models.DateTimeField(_("credentials valid until"), null=True, blank=True)
    # Another address for all hosts of this one, for a demonstration. No page and no API sets it.
    url = models.CharField(max_length=200, blank=True, default="")
    probed_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True, default="")  # why the last probe failed; empty: it didn't
    trouble_kind = models.CharField(max_length=40, blank=True, default="")  # standing.py has its words
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "platform"], name="connection_once")]
        verbose_name = _("connection")
        verbose_name_plural = _("connections")

    def __str__(self) -> str:
        return f"{self.platform} of {self.seller_id}"


class Pace(models.Model):
    """The state of one limit at a marketplace (lib/rates.py). Moments in Unix seconds of the database's clock."""

    key = models.CharField(max_length=160, unique=True)  # "wildberries:17:feedbacks"
    tat = models.FloatField(default=0)
    held_until = models.FloatField(default=0)

    def __str__(self) -> str:
        return self.key
