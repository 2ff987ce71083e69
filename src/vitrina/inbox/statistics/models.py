"""What is counted, by day of the installation's zone and seller: rows are added up when something happens (tallying.py)."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller
from vitrina.inbox.statistics.comparing import Verdict


class Outcome(StrEnum):
    """How a draft came about; each names its column of `DraftTally`.

    `failed`: a model was to write it and none could, for a fault or a limit; the offline writer's stands in.
    """

    BY_MODEL = "by_model"
    FROM_CACHE = "from_cache"
    FAILED = "failed"
    OFFLINE = "offline"


class Clock(StrEnum):
    """What is timed. All in milliseconds but `handling`, which is in seconds."""

    DRAFTING = "drafting"  # a model's draft, with what was looked up for it
    SHOWN = "shown"  # from the click to the draft that stood ready
    AWAITED = "awaited"  # from the click to the draft that was made meanwhile
    HANDLING = "handling"  # from the first visit to the answer


class Visit(models.Model):
    """The first time that a person who may answer opened an interaction with what its buyer now says. One row each.

    `was_ready`: a draft that held stood on the page; null: a person must write this one, no draft is made ahead for it.
    `shown_ms`: from the click until a draft was seen, measured in the browser; null: none was seen, or nobody measured.
    """

    interaction = models.ForeignKey(
        "inbox.Interaction", on_delete=models.CASCADE, related_name="visits", db_index=False
    )
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.PositiveIntegerField()  # of the interaction
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, db_index=False
    )
    priority = models.PositiveSmallIntegerField()  # as it was then
    was_ready = models.BooleanField(null=True)
    shown_ms = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction", "version", "by"], name="visit_once"),
        ]
        indexes = [models.Index(fields=["at"], name="visits_by_time")]  # the old ones, to be cleared
        verbose_name = _("visit")
        verbose_name_plural = _("visits")

    def __str__(self) -> str:
        return f"{self.interaction_id} v{self.version} {self.by_id}"


class ChannelTally(models.Model):
    """What came in and what was done about it. `visited` leaves out what a person must write; `due`: answers to what
    had a time to be answered by, of which `in_time` were queued before it."""

    KEY = ("day", "seller", "platform", "kind", "priority")
    AMOUNTS = ("arrived", "visited", "ready", "answered", "due", "in_time")

    day = models.DateField()
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    platform = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    priority = models.PositiveSmallIntegerField()
    arrived = models.PositiveIntegerField(default=0)
    visited = models.PositiveIntegerField(default=0)
    ready = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    due = models.PositiveIntegerField(default=0)
    in_time = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "day", "platform", "kind", "priority"], name="channel_tally_once_a_day"
            )
        ]
        verbose_name = _("tally of channels")
        verbose_name_plural = _("tallies of channels")

    def __str__(self) -> str:
        return f"{self.day} {self.seller_id} {self.platform} {self.kind}"


class DraftTally(models.Model):
    """How drafts came about on a day, and what became of drafts on it (those may be of another day).

    `prompt_version` empty: by the offline writer. `cost` in USD adds up the known prices; `unpriced` had none. Of the
    `edited` ones: `words_changed` in all, and the sum of the shares (0–1) that were changed.
    """

    KEY = ("day", "seller", "intent", "prompt_version")
    AMOUNTS = (
        *(outcome.value for outcome in Outcome), "cost", "unpriced", *(verdict.value for verdict in Verdict),
        "words_changed", "share_changed",
    )  # fmt: skip

    day = models.DateField()
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    intent = models.CharField(max_length=16)
    prompt_version = models.CharField(max_length=64)
    by_model = models.PositiveIntegerField(default=0)
    from_cache = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    offline = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)
    unpriced = models.PositiveIntegerField(default=0)
    as_it_was = models.PositiveIntegerField(default=0)
    edited = models.PositiveIntegerField(default=0)
    discarded = models.PositiveIntegerField(default=0)
    words_changed = models.PositiveIntegerField(default=0)
    share_changed = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "day", "intent", "prompt_version"], name="draft_tally_once_a_day"
            )
        ]
        verbose_name = _("tally of drafts")
        verbose_name_plural = _("tallies of drafts")

    def __str__(self) -> str:
        return f"{self.day} {self.seller_id} {self.intent}"


class TimeTally(models.Model):
    """How often something took so long: `slot` of slots.py, of one of the `Clock`s."""

    KEY = ("day", "seller", "clock", "slot")
    AMOUNTS = ("times",)

    day = models.DateField()
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    clock = models.CharField(max_length=10)
    slot = models.PositiveSmallIntegerField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "day", "clock", "slot"], name="time_tally_once_a_day")
        ]
        verbose_name = _("tally of times")
        verbose_name_plural = _("tallies of times")

    def __str__(self) -> str:
        return f"{self.day} {self.seller_id} {self.clock} {self.slot}"
