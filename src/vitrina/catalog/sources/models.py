"""A place that listings come from, and what each look at it brought."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
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
    YANDEX_MARKET = "yandex_market", _("Yandex Market")
    INSTAGRAM = "instagram", "Instagram"


class LookState(models.TextChoices):
    """How a look stands; `asks`: it found something so unlike before that a person decides."""

    RUNNING = "running", _("looking")
    DONE = "done", _("done")
    ASKS = "asks", _("asks a person")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class SourceQuerySet(models.QuerySet["Source"]):
    def due(self, now: datetime) -> SourceQuerySet:
        return self.filter(is_on=True, next_look_at__lte=now)

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
    next_look_at = models.DateTimeField(
        _("next look"), null=True, blank=True, editable=False
    )  # null: by hand
    changed_at = models.DateTimeField(_("last brought something new"), null=True, blank=True)
    # Why the last look failed, in English with its values apart; empty: it didn't.
    trouble = models.TextField(blank=True, default="")
    trouble_values = models.JSONField(default=dict, blank=True)
    trouble_kind = models.CharField(max_length=40, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["seller", "id"], name="sources_of_seller"),
            # Every minute the clock asks which are due.
            models.Index(fields=["next_look_at"], name="sources_due"),
        ]
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name

    @property
    def trouble_words(self) -> str:
        """`trouble` in the reader's language, where it has words in it."""
        return _worded(self.trouble, self.trouble_values)


class LookQuerySet(models.QuerySet["Look"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> LookQuerySet:
        return self.filter(source__in=Source.objects.reachable_by(user, right))


class Look(models.Model):
    """One look at a source, and what it brought.

    running → done | asks | failed | cancelled; what was killed stays running until the next look goes on with it.

    Counters are of cards. `unchanged` holds those too that were not asked for again, because the place says that they
    are as they were. Of a feed, `import_run` has the rows. `remarks`: what was broken or left unknown, the first ones:
    [{"id", "reason", "values", "is_warning"}], the reason in English with its values apart; all are counted.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="looks", db_index=False)
    state = models.CharField(_("state"), max_length=10, choices=LookState, default=LookState.RUNNING)
    is_forced = models.BooleanField(default=False)  # a person said: take it anyway
    import_run = models.ForeignKey(
        "catalog.Import", on_delete=models.SET_NULL, related_name="looks", null=True, blank=True
    )
    read = models.PositiveIntegerField(_("read"), default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    updated = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    broken = models.PositiveIntegerField(_("broken"), default=0)
    total = models.PositiveIntegerField(null=True, blank=True)  # of the pass, where the place tells
    remarks = models.JSONField(default=list, blank=True)
    trouble = models.TextField(blank=True, default="")
    trouble_values = models.JSONField(default=dict, blank=True)
    trouble_kind = models.CharField(max_length=40, blank=True, default="")
    started_at = models.DateTimeField(_("began"), auto_now_add=True)
    finished_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = LookQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["source", "id"], name="looks_of_source")]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(state="running"), name="one_look_at_a_time"
            )
        ]
        verbose_name = _("look at a source")
        verbose_name_plural = _("looks at sources")

    def __str__(self) -> str:
        return f"{self.source_id}: {self.state}"

    @property
    def trouble_words(self) -> str:
        return _worded(self.trouble, self.trouble_values)

    @property
    def said(self) -> list[dict[str, Any]]:
        """`remarks` with a sentence in the reader's language."""
        return [one | {"sentence": _worded(one["reason"], one["values"])} for one in self.remarks]


def _worded(sentence: str, values: dict[str, Any]) -> str:
    """In the reader's language."""
    if not sentence:
        return ""
    return gettext(sentence) % values if values else gettext(sentence)


class SourcePage(models.Model):
    """One page of a supplier's site, and what the next look asks «anything new since?» by.

    `changed`: what the site map says of its last change, in the map's own words. `asked_at`: when it was last asked for,
    whatever came; `answered_at`: when what it said was last taken in. `is_listed`: the latest site map names it.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="pages", db_index=False)
    address = models.CharField(max_length=2000)
    changed = models.CharField(max_length=40, blank=True, default="")
    taken_changed = models.CharField(
        max_length=40, blank=True, default=""
    )  # as of the page that was taken in
    etag = models.CharField(max_length=500, blank=True, default="")
    last_modified = models.CharField(max_length=100, blank=True, default="")
    cards = models.PositiveIntegerField(default=0)  # that it showed
    is_listed = models.BooleanField(default=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "address"], name="page_once_per_source")]
        indexes = [
            # What a look asks for next: the longest unseen first.
            models.Index(fields=["source", "is_listed", "asked_at", "id"], name="pages_due")
        ]
        verbose_name = _("page of a source")
        verbose_name_plural = _("pages of sources")

    def __str__(self) -> str:
        return self.address
