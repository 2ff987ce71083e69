"""What buyers wrote, and how far each marketplace was read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Product
from vitrina.channels.models import Connection
from vitrina.inbox.library.models import LibraryAnswer  # noqa: F401 - Django looks for a room's models here
from vitrina.inbox.priority import Priority
from vitrina.inbox.statistics.comparing import Verdict
from vitrina.inbox.statistics.models import (  # noqa: F401 - Django looks for a room's models here
    ChannelTally,
    DraftTally,
    TimeTally,
    Visit,
)


class Status(models.TextChoices):
    """new → in_progress → responded → closed; another word of the buyer makes it new again."""

    NEW = "new", pgettext_lazy("an interaction", "new")
    IN_PROGRESS = "in_progress", _("in progress")
    RESPONDED = "responded", pgettext_lazy("an interaction", "answered")
    CLOSED = "closed", pgettext_lazy("an interaction", "closed")


PRIORITIES = {
    Priority.URGENT: _("urgent"),
    Priority.HIGH: pgettext_lazy("a priority", "high"),
    Priority.NORMAL: pgettext_lazy("a priority", "normal"),
    Priority.LOW: pgettext_lazy("a priority", "low"),
}


class InteractionQuerySet(models.QuerySet["Interaction"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> InteractionQuerySet:
        return of_sellers(self, user, right)

    def open(self) -> InteractionQuerySet:
        return self.filter(needs_response=True)

    def sent_by_rule(self) -> InteractionQuerySet:
        """That a seller's rule answered."""
        return self.filter(pk__in=Reply.objects.filter(by_rule=True).values("interaction"))


class Interaction(models.Model):
    """A review, a question or a chat of one seller at one marketplace.

    The marketplace's words and ours stand in columns of their own: a reading writes the first and never the second.
    `external_id`, `platform` and `kind` say which it is there; nothing is read twice into two rows.
    """

    # What the marketplace says.
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="interactions", db_index=False)
    connection = models.ForeignKey(
        Connection, on_delete=models.SET_NULL, related_name="interactions", null=True, db_index=False
    )
    platform = models.CharField(_("marketplace"), max_length=40)
    kind = models.CharField(max_length=10)  # channels.ports.Kind
    external_id = models.CharField(max_length=200)
    occurred_at = models.DateTimeField(_("when"))  # of a chat: when the buyer last wrote
    buyer = models.CharField(_("buyer"), max_length=200, blank=True, default="")
    rating = models.PositiveSmallIntegerField(_("stars"), null=True, blank=True)
    text = models.TextField(_("text"), blank=True, default="")  # of a chat: what the buyer last wrote
    pros = models.TextField(blank=True, default="")
    cons = models.TextField(blank=True, default="")
    sku = models.CharField(max_length=100, blank=True, default="")
    offer_id = models.CharField(max_length=200, blank=True, default="")
    product_name = models.CharField(max_length=1000, blank=True, default="")
    product_details = models.JSONField(default=dict)  # {"size": "M", "color": "синий"}
    order_id = models.CharField(max_length=100, blank=True, default="")
    attachments = models.JSONField(default=list)  # [{"name", "url", "media_type"}]
    tags = models.JSONField(default=list)
    answers = models.JSONField(default=list)  # as they stand there: [{"id", "text", "state", "at"}]
    address = models.JSONField(default=dict)  # what an answer carries back
    replaces = models.CharField(max_length=200, blank=True, default="")
    closes_at = models.DateTimeField(_("may be answered until"), null=True, blank=True)
    said_hash = models.CharField(max_length=64)  # of all that the marketplace says: unchanged means skip
    version = models.PositiveIntegerField(default=1)  # + 1 with every word of the buyer

    # What the house adds.
    product = models.ForeignKey(
        Product, on_delete=models.SET_NULL, related_name="interactions", null=True, blank=True, db_index=False
    )
    status = models.CharField(_("state"), max_length=16, choices=Status, default=Status.NEW)
    needs_response = models.BooleanField(_("wants an answer"), default=True)
    intent = models.CharField(max_length=16, blank=True, default="")
    sentiment = models.CharField(max_length=10, blank=True, default="")
    # Why a person must write this one: ["health", "legal"]; empty for nearly all.
    escalations = models.JSONField(default=list)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=PRIORITIES, default=Priority.NORMAL)
    due_at = models.DateTimeField(_("to be answered by"), null=True, blank=True)
    # The newest draft; whether it still holds is reckoned from its hash (validity.py).
    draft = models.ForeignKey(
        "inbox.Draft", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    # + 1 when an earlier answer that its draft was written after was withdrawn from the library: the draft is stale then.
    withdrawals = models.PositiveIntegerField(default=0)
    # What the shop answered changed since the library last looked (library/learning.py).
    wants_learning = models.BooleanField(default=False)
    undrafted = models.CharField(
        max_length=16, blank=True, default=""
    )  # why there is none yet: `choosing.Skipped`
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    note = models.TextField(_("note"), blank=True, default="")
    received_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = InteractionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "platform", "kind", "external_id"], name="interaction_once"
            )
        ]
        indexes = [
            # the lists by time, with what they are narrowed by: where few of a million fit, no row of the others is read
            models.Index(
                fields=[
                    "seller",
                    "occurred_at",
                    "id",
                    "kind",
                    "platform",
                    "needs_response",
                    "status",
                    "priority",
                    "rating",
                    "intent",
                    "sentiment",
                    "assignee",
                ],
                name="interactions_by_time",
            ),
            models.Index(
                fields=["seller", "kind", "occurred_at", "id"],
                condition=Q(needs_response=True),
                name="interactions_open",
            ),
            # the queue: what wants an answer, the most pressing first
            models.Index(
                fields=["seller", "priority", "occurred_at", "id"],
                condition=Q(needs_response=True),
                name="interactions_by_priority",
            ),
            models.Index(
                fields=["product", "id"], condition=Q(product__isnull=False), name="interactions_of_product"
            ),
            # which product a number of the marketplace, or an order, is about: of a chat it tells no more
            models.Index(
                fields=["seller", "platform", "sku"],
                condition=Q(product__isnull=False, sku__gt=""),
                name="interactions_of_sku",
            ),
            models.Index(
                fields=["seller", "platform", "order_id"],
                condition=Q(product__isnull=False, order_id__gt=""),
                name="interactions_of_order",
            ),
            models.Index(
                fields=["seller", "id"], condition=Q(wants_learning=True), name="interactions_to_learn"
            ),
        ]
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")

    def __str__(self) -> str:
        return f"{self.platform} {self.kind} {self.external_id}"


class Message(models.Model):
    """One message of a chat. Rows are added, and changed only where the marketplace says that a text was edited."""

    interaction = models.ForeignKey(
        Interaction, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    external_id = models.CharField(max_length=200)
    at = models.DateTimeField()
    sender = models.CharField(max_length=10)  # channels.ports.Sender
    text = models.TextField(blank=True, default="")
    attachments = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction", "external_id"], name="message_once"),
        ]
        indexes = [models.Index(fields=["interaction", "at", "id"], name="messages_of_chat")]
        ordering = ["at", "id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"{self.interaction_id} {self.sender} {self.at:%Y-%m-%d %H:%M}"


class Presence(models.Model):
    """A window of a person's browser, and which interaction they have open in it. What isn't renewed for a while is
    nobody's: see presence.py.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    window = models.CharField(max_length=40)  # chosen by the browser
    interaction = models.ForeignKey(
        Interaction, on_delete=models.CASCADE, related_name="presences", db_index=False
    )
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    typed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "window"], name="presence_of_window")]
        indexes = [
            models.Index(fields=["interaction"], name="presences_of_interaction"),
            models.Index(fields=["seen_at"], name="presences_gone"),
        ]
        verbose_name = _("presence")
        verbose_name_plural = _("presences")

    def __str__(self) -> str:
        return f"{self.user_id} at {self.interaction_id}"


class Reading(models.Model):
    """How far one channel of a connection was read. `cursor` goes on within a pass, or begins the next.

    `trouble`: why the last pass broke off; empty: it didn't. A channel that the plan doesn't open is no trouble:
    that stands in the connection's `access`.
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="readings", db_index=False
    )
    kind = models.CharField(max_length=10)
    cursor = models.TextField(blank=True, default="")
    since = models.DateTimeField()  # how far back the first pass looks
    begun_at = models.DateTimeField(null=True, blank=True)  # of the pass under way; null: none is
    ended_at = models.DateTimeField(null=True, blank=True)  # of the last whole pass
    tried_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True, default="")
    new = models.PositiveIntegerField(default=0)  # in the last pass
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind"], name="reading_once")]
        verbose_name = _("reading")
        verbose_name_plural = _("readings")

    def __str__(self) -> str:
        return f"{self.connection_id} {self.kind}"


class DraftBudget(models.Model):
    """How many of a day's drafts by models a seller has taken (budget.py). The day is one of the installation's zone."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "day"], name="draft_budget_once_a_day")]
        verbose_name = _("budget of drafts")
        verbose_name_plural = _("budgets of drafts")

    def __str__(self) -> str:
        return f"{self.seller_id} {self.day}: {self.taken}"


class Manner(models.TextChoices):
    FRIENDLY = "friendly", _("friendly")
    FORMAL = "formal", _("formal")


class Draft(models.Model):
    """An answer that was written for a person to send. Rows are never changed; a newer one takes the place of an older.

    `input_hash` stands for all that it was made from (validity.py): where that changed, the draft is stale.
    `is_beginning`: the opening words of an answer that a person must write; never sent as it stands (beginnings/).
    """

    interaction = models.ForeignKey(
        Interaction, on_delete=models.CASCADE, related_name="drafts", db_index=False
    )
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.PositiveIntegerField()  # of the interaction
    input_hash = models.CharField(max_length=64)
    manner = models.CharField(max_length=10, choices=Manner, blank=True, default="")
    text = models.TextField()
    intent = models.CharField(max_length=16, blank=True, default="")
    sentiment = models.CharField(max_length=10, blank=True, default="")
    source = models.CharField(max_length=120)  # "offline", "openai:gpt-4o-mini"
    was_ahead = models.BooleanField(default=True)  # made before anybody opened it
    is_beginning = models.BooleanField(default=False)
    used = models.JSONField(default=dict)  # what was known: {"card": [names], "rules": bool, "messages": 3}
    # Earlier answers that a model was shown as examples.
    examples = models.ManyToManyField("inbox.LibraryAnswer", related_name="drafts")
    findings = models.JSONField(
        default=list
    )  # of the guardrails: [{"rule", "severity", "start", "end", "detail"}]
    notes = models.JSONField(default=list)  # sentences of the engine: what was trimmed, why it is offline
    prompt_version = models.CharField(max_length=64, blank=True, default="")
    model_call_ids = models.JSONField(default=list)
    cost = models.DecimalField(max_digits=12, decimal_places=6, null=True)  # USD; null is unknown, never free
    duration_ms = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, db_index=False
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["interaction", "id"], name="drafts_of_interaction"),
            models.Index(fields=["seller", "made_at", "source"], name="drafts_by_day"),
        ]
        verbose_name = pgettext_lazy("an answer's", "draft")
        verbose_name_plural = pgettext_lazy("an answer's", "drafts")

    def __str__(self) -> str:
        return f"{self.interaction_id} v{self.version}"

    @property
    def is_offline(self) -> bool:
        return self.source == "offline"


class InboxSettings(models.Model):
    """What a seller decided for its inbox; null, or an empty manner or signature: as the installation has it
    (running_values.py). `version` grows with every change; which of them make a draft stale: `knowing.shaping`.
    """

    seller = models.OneToOneField(Seller, on_delete=models.CASCADE, related_name="inbox_settings")
    # Drafts ahead.
    pregenerates = models.BooleanField(null=True, blank=True)
    batch_size = models.PositiveSmallIntegerField(null=True, blank=True)
    delay_seconds = models.FloatField(null=True, blank=True)
    daily_limit = models.PositiveIntegerField(null=True, blank=True)
    urgent_at_once = models.PositiveSmallIntegerField(null=True, blank=True)
    # How an answer sounds.
    manner = models.CharField(_("manner"), max_length=10, choices=Manner, blank=True, default="")
    signature = models.CharField(_("signature"), max_length=200, blank=True, default="")
    brand_words = models.JSONField(default=list)
    greets_by_name = models.BooleanField(default=True)
    # Where the buyer's words don't tell theirs; empty: the seller's.
    language = models.CharField(max_length=2, blank=True, default="")
    # What it may say.
    rules = models.TextField(_("rules on returns and delivery"), blank=True, default="")
    may_promise_refunds = models.BooleanField(default=False)
    own_names = models.JSONField(default=list)
    other_shops = models.JSONField(default=list)  # never named
    most_characters = models.PositiveSmallIntegerField(null=True, blank=True)  # null: the marketplace's
    # What leaves without a person (auto_rule.py).
    auto_sends = models.BooleanField(default=False)
    auto_platforms = models.JSONField(default=list)
    auto_from_stars = models.PositiveSmallIntegerField(default=5)
    auto_with_text = models.BooleanField(default=False)
    auto_wait_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    auto_daily_limit = models.PositiveSmallIntegerField(null=True, blank=True)

    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, db_index=False
    )

    class Meta:
        verbose_name = _("settings of an inbox")
        verbose_name_plural = _("settings of inboxes")

    def __str__(self) -> str:
        return f"inbox of {self.seller_id}"


class ReplyState(models.TextChoices):
    """queued → sending → sent → confirmed | rejected | unconfirmed; queued, sending → failed | check"""

    QUEUED = "queued", _("waits to be sent")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")  # the marketplace took it; whether it stands there is looked up
    CONFIRMED = "confirmed", _("stands there")
    REJECTED = "rejected", _("rejected by moderation")
    UNCONFIRMED = "unconfirmed", _("not seen there")
    FAILED = "failed", _("not sent")
    CHECK = "check", _("a person decides")


VERDICTS = {
    Verdict.AS_IT_WAS.value: _("sent as it was"),
    Verdict.EDITED.value: _("edited"),
    Verdict.DISCARDED.value: _("discarded"),
}
# Nobody writes another answer meanwhile.
UNDER_WAY = (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.CHECK)
# After one of these another answer may be written.
CAME_BACK = (ReplyState.FAILED, ReplyState.REJECTED, ReplyState.UNCONFIRMED)


class ReplyQuerySet(models.QuerySet["Reply"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ReplyQuerySet:
        return of_sellers(self, user, right)


class Reply(models.Model):
    """An answer on its way to the marketplace. It leaves once: see sending.py.

    `by_rule`: no person sent it but the seller's rule (auto_sending.py).
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    platform = models.CharField(max_length=40)  # of the interaction
    interaction = models.ForeignKey(
        Interaction, on_delete=models.CASCADE, related_name="replies", db_index=False
    )
    draft = models.ForeignKey(Draft, on_delete=models.SET_NULL, related_name="+", null=True, db_index=False)
    text = models.TextField()
    # Another text in the place of an answer that stands (editing.py). `stood`: what that was; `answer_id` is its id over there.
    is_edit = models.BooleanField(default=False)
    stood = models.TextField(blank=True, default="")
    # Of the draft that stood ready (statistics/comparing.py): the share of its words that the person kept, how many were
    # changed, and what that comes to; null and empty without a draft, with a beginning, or by a rule.
    kept_share = models.FloatField(null=True, blank=True)
    words_changed = models.PositiveIntegerField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=VERDICTS, blank=True, default="")
    version = models.PositiveIntegerField()  # of the interaction that it answers
    state = models.CharField(max_length=12, choices=ReplyState, default=ReplyState.QUEUED)
    words = models.TextField(blank=True, default="")  # why it failed, or what a person is to decide
    answer_id = models.CharField(max_length=200, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, db_index=False
    )
    by_rule = models.BooleanField(default=False)
    job_id = models.BigIntegerField(null=True)
    looks = models.PositiveSmallIntegerField(default=0)  # how often it was looked for over there
    opened_at = models.DateTimeField(null=True, blank=True)  # the first visit, where one was told of
    due_at = models.DateTimeField(null=True, blank=True)  # as it was due then; null: nothing was
    queued_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(
        null=True, blank=True
    )  # when it was seen to stand there, or to be rejected

    objects = ReplyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interaction"],
                condition=Q(state__in=["queued", "sending", "check"]),
                name="reply_one_under_way",
            )
        ]
        indexes = [
            models.Index(fields=["interaction", "id"], name="replies_of_interaction"),
            models.Index(fields=["seller", "-id"], name="replies_of_seller"),
            # holding.py: the latest answers at a marketplace, for sameness
            models.Index(fields=["seller", "platform", "-id"], name="replies_at_marketplace"),
            # what the rule sent today, and the list of what it ever sent
            models.Index(
                fields=["seller", "queued_at", "interaction"],
                condition=Q(by_rule=True),
                name="replies_by_rule",
            ),
            models.Index(
                fields=["job_id"],
                condition=Q(state__in=["queued", "sending", "check"]),
                name="replies_under_way",
            ),
        ]
        verbose_name = _("reply")
        verbose_name_plural = _("replies")

    def __str__(self) -> str:
        return f"{self.interaction_id}: {self.state}"


class CannedAnswerQuerySet(models.QuerySet["CannedAnswer"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> CannedAnswerQuerySet:
        return of_sellers(self, user, right)


class CannedAnswer(models.Model):
    """An answer that a person keeps under a short key, to be put into a reply; `{places}` are filled then (canned_filling.py)."""

    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, related_name="canned_answers", db_index=False
    )
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=20)  # lower case
    language = models.CharField(max_length=2, blank=True, default="")  # "ru", "en"; empty: any
    text = models.TextField()
    place = models.PositiveIntegerField()  # in the list, from 1; a place that was deleted stays empty
    uses = models.PositiveIntegerField(default=0)  # replies that it was put into and that were sent
    changed_at = models.DateTimeField(auto_now=True)

    objects = CannedAnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "key"], name="canned_answer_key_once")]
        indexes = [models.Index(fields=["seller", "place", "id"], name="canned_answers_in_order")]
        verbose_name = _("canned answer")
        verbose_name_plural = _("canned answers")

    def __str__(self) -> str:
        return f"/{self.key} {self.name}"
