"""What stands in the library."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right


class LibraryState(models.TextChoices):
    """on ↔ off; on, off → rejected | deleted, which are for good"""

    ON = "on", pgettext_lazy("an answer of the library", "in use")
    OFF = "off", pgettext_lazy("an answer of the library", "switched off")
    REJECTED = "rejected", _("rejected by moderation")
    DELETED = "deleted", pgettext_lazy("an answer of the library", "deleted")


class Origin(models.TextChoices):
    SENT = "sent", _("sent from here")
    CABINET = "cabinet", _("given in the seller's cabinet")
    HAND = "hand", _("added by hand")


class LibraryAnswerQuerySet(models.QuerySet["LibraryAnswer"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> LibraryAnswerQuerySet:
        return of_sellers(self, user, right)


class LibraryAnswer(models.Model):
    """An answer that a person approved, beside the words that it answered: an example for drafts (library/).

    `question` and `answer` hold nothing that tells who a buyer is. A deleted one keeps its row without its words, so that
    it isn't learned again; so does a text that moderation rejected, whoever sends it next.
    """

    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, related_name="library_answers", db_index=False
    )
    interaction = models.ForeignKey(
        "inbox.Interaction", on_delete=models.SET_NULL, related_name="+", null=True, db_index=False
    )
    origin = models.CharField(max_length=8, choices=Origin)
    state = models.CharField(max_length=8, choices=LibraryState, default=LibraryState.ON)
    kind = models.CharField(max_length=10)  # channels.ports.Kind
    intent = models.CharField(max_length=16, blank=True, default="")
    language = models.CharField(max_length=2)
    question = models.TextField()
    answer = models.TextField()
    digest = models.CharField(max_length=64)  # of the answer's words, whatever its spaces and capitals
    answered_at = models.DateTimeField()
    uses = models.PositiveIntegerField(default=0)  # drafts that were written after it
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, db_index=False
    )
    changed_at = models.DateTimeField(auto_now=True)

    objects = LibraryAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interaction"], condition=~Q(state="rejected"), name="library_answer_once"
            ),
        ]
        indexes = [
            # the list, newest first; and who has any
            models.Index(fields=["seller", "state", "id"], name="library_answers_of_seller"),
            # whether moderation rejected the same words before
            models.Index(fields=["seller", "digest"], name="library_answers_by_words"),
        ]
        verbose_name = _("answer of the library")
        verbose_name_plural = _("answers of the library")

    def __str__(self) -> str:
        return f"{self.seller_id}: {self.digest[:8]} {self.state}"
