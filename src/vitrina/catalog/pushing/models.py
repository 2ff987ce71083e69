"""Cards on their way to a marketplace: one push of many, and what becomes of each."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right
from vitrina.channels.models import Connection
from vitrina.lib.choices import words_of


class PushRunState(models.TextChoices):
    CHECKING = "checking", _("being checked")
    DRAFT = "draft", _("being prepared")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class PushState(models.TextChoices):
    """planned → waiting → sending → sent → confirmed | rejected | doubt

    planned, waiting, sending → held | same; waiting, sending → failed; sending → doubt
    """

    PLANNED = "planned", _("would go")
    HELD = "held", _("held back")
    SAME = "same", _("stands there already")
    WAITING = "waiting", _("waits to be sent")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")  # the marketplace took it; whether it stands there is looked up
    CONFIRMED = "confirmed", _("seen to stand there")
    REJECTED = "rejected", _("rejected by the marketplace")
    DOUBT = "doubt", _("in doubt")
    FAILED = "failed", _("not sent")


# Of one card one is on its way at a time.
ON_THE_WAY = (PushState.WAITING, PushState.SENDING, PushState.SENT)
# It left, and may have changed the card over there.
LEFT = (PushState.SENT, PushState.CONFIRMED, PushState.DOUBT)


def whole_words() -> list[str]:
    return ["texts", "attributes"]


class PushRunQuerySet(models.QuerySet["PushRun"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> PushRunQuerySet:
        return of_sellers(self, user, right)


class PushRun(models.Model):
    """One wish to bring cards to a marketplace: checked first, begun by a person, then seen to its end.

    checking → draft → running → done; checking → failed; checking, draft, running → cancelled

    `options`: which products (`exporting.ExportOptions`). `parts`: what of them, of `wanting.PARTS`.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="push_runs")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="push_runs")
    language = models.CharField(_("language"), max_length=8)
    options = models.JSONField(default=dict, blank=True)
    parts = models.JSONField(default=whole_words)
    state = models.CharField(_("state"), max_length=16, choices=PushRunState, default=PushRunState.CHECKING)
    error = models.TextField(blank=True, default="")
    job_id = models.BigIntegerField(null=True, blank=True)  # of the check, then of the sending
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = PushRunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["seller", "id"], name="push_runs_of_seller")]
        verbose_name = _("push of cards")
        verbose_name_plural = _("pushes of cards")

    def __str__(self) -> str:
        return f"#{self.pk} {self.connection.platform}"

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        return words_of(PushRunState, self.state)


class PushQuerySet(models.QuerySet["Push"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> PushQuerySet:
        return of_sellers(self, user, right)


class Push(models.Model):
    """One card of a push. Fields are {"title": "…", "description": "…", "attribute:14177449": ["синий"], "pictures": ["https://…"]}.

    `wanted`: what is to stand there. `before`: the same fields as they stood before ours took their place; `stood`: as the
    marketplace last showed them. Null: never read.
    `problems`: why it is held back or could be better, [{"field", "sentence", "values", "is_hard"}], the sentence in
    English. `said`: the marketplace's own words, [{"field", "words", "name"}],
    with the attribute's name. `mark`, `task`: see `channels.cards.CardTarget`.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(PushRun, on_delete=models.CASCADE, related_name="pushes", db_index=False)
    product = models.ForeignKey(
        "catalog.Product", on_delete=models.CASCADE, related_name="pushes", db_index=False
    )
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    article = models.CharField(max_length=200)  # the seller's, by which the marketplace knows the card
    number = models.CharField(max_length=40, blank=True, default="")  # the marketplace's own
    wanted = models.JSONField(default=dict)
    attributes = models.JSONField(
        default=list
    )  # of `wanted`, with the dictionary's numbers: `wanting.as_json`
    before = models.JSONField(null=True)
    stood = models.JSONField(null=True)
    state = models.CharField(max_length=12, choices=PushState, default=PushState.PLANNED)
    problems = models.JSONField(default=list)
    said = models.JSONField(default=list)
    words = models.TextField(blank=True, default="")  # how it stands, where its state doesn't say enough
    # A person saw that the card was changed at the marketplace meanwhile, and wants ours to stand there.
    overwrites = models.BooleanField(default=False)
    parcel = models.PositiveIntegerField(default=0)  # those that leave together; 0: none yet
    mark = models.TextField(blank=True, default="")
    task = models.CharField(max_length=64, blank=True, default="")
    looks = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = PushQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "product"], name="push_once_per_run"),
            models.UniqueConstraint(
                fields=["product", "connection"],
                condition=models.Q(state__in=("waiting", "sending", "sent")),
                name="push_one_on_its_way",
            ),
        ]
        indexes = [
            # a run's cards by how they stand, and those that leave together
            models.Index(fields=["run", "state", "id"], name="pushes_of_run"),
            models.Index(fields=["run", "parcel"], name="pushes_of_parcel"),
            # what was brought of a product before
            models.Index(fields=["product", "connection", "id"], name="pushes_of_product"),
        ]
        verbose_name = _("pushed card")
        verbose_name_plural = _("pushed cards")

    def __str__(self) -> str:
        return f"{self.article}: {self.state}"

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        return words_of(PushState, self.state)
