"""Enrichment runs, what their steps produced, the doubtful ones that wait for a person."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Category, Product, ProductContent


class RunType(models.TextChoices):
    FULL = "full", _("full")
    DESCRIPTION_ONLY = "description_only", _("description only")
    CATEGORIZATION_ONLY = "categorization_only", _("categorisation only")
    IMAGE_ANALYSIS = "image_analysis", _("image analysis")


class Status(models.TextChoices):
    PENDING = "pending", _("pending")
    PROCESSING = "processing", _("processing")
    COMPLETED = "completed", _("completed")
    FAILED = "failed", _("failed")
    MODERATION = "moderation", _("in moderation")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    # A newer run of the same product took its place before it was decided.
    SUPERSEDED = "superseded", _("superseded")


LIVE = (Status.PENDING, Status.PROCESSING)
# A run that needs no repeating: it said what it had to say, whatever became of that.
SETTLED = (Status.COMPLETED, Status.MODERATION, Status.APPROVED, Status.REJECTED)


class ProcessingLogQuerySet(models.QuerySet["ProcessingLog"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ProcessingLogQuerySet:
        return of_sellers(self, user, right)


class ProcessingLog(models.Model):
    """One enrichment run of one product: the audit trail.

    pending → processing → completed | failed | moderation → approved | rejected | superseded
                           failed → processing when its job is tried again
    """

    # Not stored: whether `runs.start` found this run under way instead of making it.
    was_live: bool = False
    may_supersede: bool = True  # False: known that no earlier item of the product waits

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="logs")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="logs")
    type = models.CharField(_("type"), max_length=24, choices=RunType, default=RunType.FULL)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.PENDING)
    options = models.JSONField(
        default=dict
    )  # RunOptions with every answer given: the same run again is the same
    # RunOptions.key of the wish as it was spoken, and the product's content hash as this run saw it: a
    # product has a settled run for a wish when both are equal.
    options_key = models.CharField(max_length=16, blank=True, default="")
    listing_hash = models.CharField(max_length=64, blank=True, default="")
    input = models.JSONField(null=True)  # the complete listing as this run saw it; null until prepared
    input_hash = models.CharField(max_length=64, blank=True, default="")
    result = models.JSONField(null=True)  # category, attributes, content, findings, reasons of the decision
    applied = models.JSONField(null=True)  # what an apply replaced, so that it can be undone
    undone_at = models.DateTimeField(null=True, blank=True)
    confidence = models.FloatField(_("confidence"), null=True)  # calibrated; null is unknown, never high
    is_audit = models.BooleanField(
        default=False
    )  # sure enough to apply, sent to a person to keep the measurement honest
    tokens_prompt = models.PositiveIntegerField(default=0)
    tokens_completion = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(_("cost, USD"), max_digits=12, decimal_places=6, null=True)
    duration_ms = models.PositiveIntegerField(null=True)
    models_used = models.JSONField(
        default=dict
    )  # {"describe": "openai:gpt-4o-mini", "categorize": "offline"}
    error = models.TextField(blank=True, default="")
    traceback = models.TextField(blank=True, default="")
    is_permanent = models.BooleanField(default=False)  # a failure that the same input would meet again
    repeat_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="repeats"
    )
    job_id = models.BigIntegerField(null=True, blank=True)
    batch_id = models.BigIntegerField(null=True, blank=True, db_index=True)  # the parent job
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ProcessingLogQuerySet.as_manager()

    class Meta:
        constraints = [
            # One live run per product; two clicks make one run.
            models.UniqueConstraint(
                fields=["product"],
                condition=models.Q(status__in=["pending", "processing"]),
                name="one_live_run_per_product",
            ),
            # A job that comes again after a crash finds the run that it made, and makes no second one.
            models.UniqueConstraint(fields=["job_id"], name="one_run_per_job"),
        ]
        indexes = [
            models.Index(fields=["product", "-id"], name="log_history_of_product"),
            models.Index(fields=["seller", "status", "-id"], name="log_by_status"),
        ]
        verbose_name = _("run")
        verbose_name_plural = _("runs")

    def __str__(self) -> str:
        return f"{self.get_type_display()} #{self.pk}"


class StepResult(models.Model):
    """What one step of one run produced. A step whose row stands with the same input hash is not run again."""

    log = models.ForeignKey(ProcessingLog, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=40)
    input_hash = models.CharField(max_length=64)
    output = models.JSONField()
    source = models.CharField(max_length=120, blank=True, default="")  # "offline", "openai:gpt-4o-mini"
    model_call_ids = models.JSONField(default=list)
    raw = models.TextField(blank=True, default="")  # the model's own words, before parsing
    tokens_prompt = models.PositiveIntegerField(default=0)
    tokens_completion = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=12, decimal_places=6, null=True)  # USD; null is unknown, never free
    duration_ms = models.PositiveIntegerField(default=0)
    cpu_us = models.PositiveIntegerField(
        default=0
    )  # microseconds of this thread; the engine's loop counts apart
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "step"], name="step_once_per_run")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.log_id}/{self.step}"


class ModerationItemQuerySet(models.QuerySet["ModerationItem"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ModerationItemQuerySet:
        return of_sellers(self, user, right)

    def waiting(self) -> ModerationItemQuerySet:
        """Open ones, the worst first, then the oldest."""
        return self.filter(resolution="").order_by("-priority", "pk")


class ModerationItem(models.Model):
    """A doubtful run waiting for a person. Priority: 3 high, 2 medium, 1 low.

    waiting → approved | rejected | sent_back | superseded
    """

    # Not stored: whether the deed that returned this item found it resolved already.
    was_resolved: bool = False

    log = models.OneToOneField(ProcessingLog, on_delete=models.CASCADE, related_name="moderation")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="moderation_items")
    priority = models.PositiveSmallIntegerField(_("priority"), default=1)
    reasons = models.JSONField(
        default=list
    )  # [{"code", "severity", "detail", "text"}]: all of them, gravest first
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="moderation_items",
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(
        max_length=16, blank=True, default=""
    )  # approved | rejected | sent_back | superseded
    notes = models.TextField(blank=True, default="")
    edits = models.JSONField(null=True)  # what the person changed: {"title": {"before", "after"}, …}
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ModerationItemQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["seller", "-priority", "id"],
                condition=models.Q(resolution=""),
                name="moderation_queue",
            )
        ]
        verbose_name = _("moderation item")
        verbose_name_plural = _("moderation items")

    def __str__(self) -> str:
        return f"#{self.pk}"


class ContentTemplate(models.Model):
    """An example or prompt piece used as few-shot context, optionally tied to a category."""

    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, related_name="templates", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=8, default="ru")
    category = models.ForeignKey(
        Category, on_delete=models.SET_NULL, related_name="templates", null=True, blank=True
    )
    text = models.TextField(_("text"))
    is_active = models.BooleanField(_("in use"), default=True)
    usage_count = models.PositiveIntegerField(_("used"), default=0)
    approved_count = models.PositiveIntegerField(_("approved"), default=0)
    rejected_count = models.PositiveIntegerField(_("rejected"), default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(Coalesce("seller", 0), "name", name="template_once")]
        verbose_name = _("template")
        verbose_name_plural = _("templates")

    def __str__(self) -> str:
        return self.name

    @property
    def success_rate(self) -> float | None:
        """Share of approved among the decided texts this template helped; None until one was decided."""
        decided = self.approved_count + self.rejected_count
        return self.approved_count / decided if decided else None


class TextMark(models.Model):
    """One of the marks by which a card's text is found again on another card (`sameness`)."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    content = models.ForeignKey(ProductContent, on_delete=models.CASCADE, related_name="+")
    value = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["seller", "value"], name="mark_of_seller")]

    def __str__(self) -> str:
        return f"{self.content_id}: {self.value}"


class CategoryDecision(models.Model):
    """One decision by a person on a suggested category: the ground of calibration and of the index.

    `shown` is what the generator proposed with its raw confidence; `chosen` what the person said is right
    (null: no fitting category).
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="category_decisions")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="category_decisions")
    log = models.ForeignKey(ProcessingLog, on_delete=models.SET_NULL, null=True, related_name="+")
    shown = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, related_name="+")
    chosen = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, related_name="+")
    raw_confidence = models.FloatField(null=True)
    producer = models.CharField(max_length=120)  # "offline", "openai:gpt-4o-mini": each is calibrated apart
    is_audit = models.BooleanField(default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["seller", "producer", "-id"], name="decisions_of_seller")]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.shown_id} → {self.chosen_id}"
