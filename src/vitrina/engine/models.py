"""The ledger of calls, the stored answers, and what operators change about routes and prices."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right


class ModelCallQuerySet(models.QuerySet["ModelCall"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ModelCallQuerySet:
        """Calls of the user's sellers; those of the installation itself only for a superuser."""
        return of_sellers(self, user, right)

    def paid(self) -> ModelCallQuerySet:
        """Calls that reached a provider; cached and offline answers cost nothing."""
        return self.exclude(outcome="cached").exclude(kind="offline")


class ModelCall(models.Model):
    """One attempt at one model: the ledger. Rows are only added.

    `outcome`: ok | error | cached | doubt (the process died between the call and its end).
    Null tokens or cost are unknown, never zero. References are not enforced: a row outlives what it names.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=16)
    generator = models.CharField(_("generator"), max_length=80)
    route = models.CharField(_("route"), max_length=40)
    provider = models.CharField(_("provider"), max_length=40)
    model = models.CharField(_("model"), max_length=200)
    outcome = models.CharField(_("outcome"), max_length=16)
    error_class = models.CharField(_("error"), max_length=24, blank=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), default=0)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    is_repair = models.BooleanField(_("repair"), default=False)
    is_estimated = models.BooleanField(_("tokens estimated"), default=False)
    tokens_prompt = models.PositiveIntegerField(_("prompt tokens"), null=True)
    tokens_completion = models.PositiveIntegerField(_("completion tokens"), null=True)
    tokens_cached = models.PositiveIntegerField(_("prompt tokens from the provider's cache"), null=True)
    tokens_total = models.PositiveIntegerField(_("tokens"), null=True)
    cost = models.DecimalField(_("cost, USD"), max_digits=18, decimal_places=9, null=True)
    latency_ms = models.PositiveIntegerField(_("latency, ms"), default=0)
    first_token_ms = models.PositiveIntegerField(_("first token, ms"), null=True)
    prompt_version = models.CharField(_("prompt version"), max_length=16, blank=True)
    request_id = models.CharField(_("provider's request id"), max_length=200, blank=True)
    # No question begins with the person, and the seller begins an index below.
    seller = models.ForeignKey(
        Seller, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    job_id = models.BigIntegerField(_("job"), null=True)

    objects = ModelCallQuerySet.as_manager()

    class Meta:
        indexes = [
            # calls.py, tallying.py: what they look for and count stands in the index itself, so that a rare outcome
            # among 100 000 calls is found without touching the rows
            models.Index(
                fields=[
                    "seller",
                    "at",
                    "id",
                    "provider",
                    "model",
                    "outcome",
                    "error_class",
                    "route",
                    "cost",
                ],
                name="model_call_of_seller",
            ),
            models.Index(
                fields=[
                    "at",
                    "id",
                    "provider",
                    "model",
                    "outcome",
                    "error_class",
                    "latency_ms",
                    "route",
                    "seller",
                    "cost",
                ],
                name="model_call_log",
            ),
            models.Index(
                fields=["job_id"], name="model_call_by_job", condition=models.Q(job_id__isnull=False)
            ),
        ]
        verbose_name = _("model call")
        verbose_name_plural = _("model calls")

    def __str__(self) -> str:
        return f"{self.source} {self.outcome} {self.at:%Y-%m-%d %H:%M:%S}"

    @property
    def source(self) -> str:
        return "offline" if self.kind == "offline" else f"{self.provider}:{self.model}"


class CallTally(models.Model):
    """The calls of one model in five minutes, counted once when they are over; see tallying.py. Whole installation."""

    begin = models.DateTimeField()
    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=200)
    packed = models.TextField()  # core.tallies.packed: a day is some thousand rows, read at once

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["begin", "provider", "model"], name="call_tally_once"),
        ]
        verbose_name = _("tally of calls")
        verbose_name_plural = _("tallies of calls")

    def __str__(self) -> str:
        return f"{self.provider}:{self.model} {self.begin:%Y-%m-%d %H:%M}"


class Exchange(models.Model):
    """What was sent to a model and what came back, packed (exchanges.py), kept for the days of its setting."""

    call_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    packed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="exchange_to_clear")]
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")

    def __str__(self) -> str:
        return str(self.call_id)


class ProviderSetting(models.Model):
    """What an operator set for a provider, over the house's row and the environment; see providing.py.

    `sealed_key`: by lib.sealing under "engine.keys", about the provider's name. Null limits: those of the environment.
    """

    name = models.CharField(_("provider"), max_length=40, unique=True)
    base_url = models.CharField(_("address"), max_length=500, blank=True, default="")
    sealed_key = models.TextField(blank=True, default="")
    key_ending = models.CharField(max_length=4, blank=True, default="")
    requests_per_minute = models.PositiveIntegerField(_("requests per minute"), null=True, blank=True)
    tokens_per_minute = models.PositiveIntegerField(_("tokens per minute"), null=True, blank=True)
    calls_at_once = models.PositiveIntegerField(_("calls at once"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("provider")
        verbose_name_plural = _("providers")

    def __str__(self) -> str:
        return self.name


class StoredAnswer(models.Model):
    """A paid answer, or the intent to pay for one.

    intent → done; an intent whose lease ran out is taken over by whoever asks next, and the ledger says "doubt".
    Times are unix seconds of the database's clock.
    """

    key = models.CharField(max_length=64, primary_key=True)
    is_done = models.BooleanField(default=False)
    owner = models.CharField(max_length=80)
    lease_until = models.FloatField(default=0)
    expires_at = models.FloatField(default=0)
    call = models.JSONField(default=dict)  # what the ledger will say if the intent's process dies
    raw = models.TextField(default="")
    finish = models.CharField(max_length=40, default="")
    tokens_prompt = models.PositiveIntegerField(default=0)
    tokens_completion = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=18, decimal_places=9, null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="stored_answer_to_clear")]
        verbose_name = _("stored answer")
        verbose_name_plural = _("stored answers")

    def __str__(self) -> str:
        return f"{self.key[:12]} {'done' if self.is_done else 'intent'}"


class RateState(models.Model):
    """The theoretical arrival time of one shared rate, where no Redis holds it."""

    key = models.CharField(max_length=120, primary_key=True)
    tat = models.FloatField()

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")

    def __str__(self) -> str:
        return self.key


class RouteOverride(models.Model):
    """What an operator set for a route, over the house's defaults and the settings; see core.routes.changed."""

    route = models.CharField(_("route"), max_length=40, unique=True)
    settings = models.JSONField(_("settings"), default=dict)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")

    def __str__(self) -> str:
        return self.route


class PriceOverride(models.Model):
    """USD per million tokens for a model that the price library lacks or has wrong. `model` is "provider:model"."""

    model = models.CharField(_("model"), max_length=240, unique=True)
    input = models.DecimalField(_("input, USD per million tokens"), max_digits=12, decimal_places=6)
    output = models.DecimalField(_("output, USD per million tokens"), max_digits=12, decimal_places=6)
    cached_input = models.DecimalField(
        _("cached input, USD per million tokens"), max_digits=12, decimal_places=6, null=True, blank=True
    )

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")

    def __str__(self) -> str:
        return self.model
