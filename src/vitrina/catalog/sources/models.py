"""A place that listings come from, and what each look at it brought."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right
from vitrina.channels.models import Connection


class SourceKind(models.TextChoices):
    FEED = "feed", _("feed by its address")
    PAGE = "page", _("page of a supplier")
    SITE = "site", _("site of a supplier, by its site map")
    WILDBERRIES = "wildberries", "Wildberries"
    OZON = "ozon", "Ozon"
    INSTAGRAM = "instagram", "Instagram"


class SourceQuerySet(models.QuerySet["Source"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> SourceQuerySet:
        return of_sellers(self, user, right)


class Source(models.Model):
    """A place that is looked at by hand or every so often. One look at a time.

    `cursor`: how far the look that is under way has come, and what the next one asks «anything new since?» by (ETag,
    digest, moment and id …); it moves last, after what it stands for was taken in.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind)
    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(
        _("address"), max_length=2000, blank=True, default=""
    )  # where no connection leads
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="sources", null=True, blank=True
    )
    is_on = models.BooleanField(_("in use"), default=True)
    every_minutes = models.PositiveIntegerField(_("looked at every"), null=True, blank=True)  # null: by hand
    enrich = models.BooleanField(_("enrich what is new or changed"), default=True)
    options = models.JSONField(default=dict, blank=True)
    cursor = models.JSONField(default=dict, blank=True, editable=False)
    job_id = models.BigIntegerField(null=True, blank=True, editable=False)  # the latest look
    looked_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    changed_at = models.DateTimeField(_("last brought something new"), null=True, blank=True)
    trouble = models.TextField(blank=True, default="")  # why the last look failed, in words; empty: it didn't
    trouble_kind = models.CharField(max_length=40, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["seller", "id"], name="sources_of_seller")]
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name
