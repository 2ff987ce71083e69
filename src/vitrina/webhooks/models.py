"""Who wants to hear, what happened, and how each of them was told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right
from vitrina.lib.choices import words_of

LONGEST_URL = 2000


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> EndpointQuerySet:
        return of_sellers(self.filter(removed_at=None), user, right)

    def on(self) -> EndpointQuerySet:
        return self.filter(off_at=None, removed_at=None)


class Off(models.TextChoices):
    """Why an endpoint is switched off."""

    PERSON = "person", _("switched off by a person")
    GONE = "gone", _("switched off: it answered 410, which means that it is gone")
    FAILING = "failing", _("switched off: every try failed for five days")


class Endpoint(models.Model):
    """An address of another program that wants to hear of some kinds of events of one seller.

    It is never deleted at once: what is being written for it must find its row. `clean_up` deletes it later.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="webhook_endpoints")
    name = models.CharField(_("name"), max_length=80, blank=True, default="")
    url = models.CharField(_("address"), max_length=LONGEST_URL)
    kinds = models.JSONField(_("events"), default=list)  # codes of kinds.KINDS
    secret = models.TextField()  # sealed; for one row: "endpoint:7"
    old_secret = models.TextField(blank=True, default="")  # sealed; still signs until the moment below
    old_secret_until = models.DateTimeField(null=True, blank=True)
    off_at = models.DateTimeField(_("switched off"), null=True, blank=True)  # null: it is told
    off_because = models.CharField(max_length=10, choices=Off, blank=True, default="")
    failing_since = models.DateTimeField(
        null=True, blank=True
    )  # no try arrived since; null: the last one did
    heard_at = models.DateTimeField(null=True, blank=True)  # when a try last arrived, to the minute
    removed_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")

    def __str__(self) -> str:
        return self.name or self.url

    @property
    def is_on(self) -> bool:
        return self.off_at is None


class Event(models.Model):
    """Something that happened, in the words that receivers get. Rows are only added, in the transaction of what
    happened, and only where an endpoint wants them."""

    uid = models.CharField(max_length=40, unique=True)  # the receiver's key against repetitions
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)  # "product:12": events of one subject arrive in order
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_index=True)  # for clearing old ones

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("on its way")
    DELIVERED = "delivered", _("delivered")
    GIVEN_UP = "given_up", _("given up")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> DeliveryQuerySet:
        reachable = Endpoint.objects.reachable_by(user, right)
        return self.filter(endpoint__in=reachable.values("pk"))

    def pending(self) -> DeliveryQuerySet:
        """As a word of the statement, not a parameter: only so SQLite finds the indexes of those on their way."""
        return self.filter(state=RawSQL("'pending'", []))


class Delivery(models.Model):
    """One event on its way to one endpoint.

    pending → delivered | given up → pending     a person sends it again

    Events of one subject go in order: a later one is held until the one before is delivered or given up.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    kind = models.CharField(max_length=40, default="")  # the event's, for the log by kind
    subject = models.CharField(max_length=80)
    line = models.PositiveSmallIntegerField()  # of the endpoint's lines; one subject, one line
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.PENDING)
    is_held = models.BooleanField(default=False)  # an earlier one of its subject was seen waiting
    tries = models.PositiveIntegerField(default=0)  # begun, ever
    failures = models.PositiveSmallIntegerField(default=0)  # since it was last put on its way
    next_try_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # of the last answer; null: there was none
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "endpoint"], name="delivery_once")]
        indexes = [
            # delivering.py: what is due in one line of an endpoint
            models.Index(
                fields=["endpoint", "line", "next_try_at", "id"],
                condition=Q(state="pending", is_held=False),
                name="delivery_due",
            ),
            # delivering.py: who stands earlier in a subject, and who is next. The state stands among the columns so
            # that SQLite, which weighs indexes by how many terms fit, takes this one and not the log's.
            models.Index(
                fields=["endpoint", "subject", "state", "id"],
                condition=Q(state="pending"),
                name="delivery_before",
            ),
            # the log on the pages, whole, by state and by kind
            models.Index(fields=["endpoint", "id"], name="delivery_log"),
            models.Index(fields=["endpoint", "state", "id"], name="delivery_by_state"),
            models.Index(fields=["endpoint", "kind", "id"], name="delivery_by_kind"),
        ]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return f"{self.event_id} → {self.endpoint_id}"

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        return words_of(DeliveryState, self.state)


class Try(models.Model):
    """One request. The row stands before it is sent, so that the log knows also those whose sender was killed."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # null: at work, or its worker ended meanwhile
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    error = models.TextField(blank=True, default="")
    answer = models.TextField(blank=True, default="")  # its first kilobyte

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="try_once")]
        ordering = ["number"]
        verbose_name = _("try")
        verbose_name_plural = _("tries")

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.number}"
