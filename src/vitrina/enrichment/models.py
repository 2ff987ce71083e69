"""Enrichment runs, what their steps produced, the doubtful ones that wait for a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Category, Product, ProductContent
from vitrina.lib.choices import words_of


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

    def with_findings(self) -> ProcessingLogQuerySet:
        """As a word of the statement, not a parameter: only so SQLite finds the index of them."""
        return self.exclude(gravest=RawSQL("''", []))

    def ended_since(self, moment: Any, *, status: Status) -> ProcessingLogQuerySet:
        """Of the few runs of one product. The status as a word of its own: else SQLite, before its first ANALYZE, would
        go through the runs of all products in the index of ends."""
        how = Coalesce("status", models.Value(""))
        return self.alias(how=how).filter(how=status, finished_at__gt=moment)


class ProcessingLog(models.Model):
    """One enrichment run of one product: the audit trail.

    pending → processing → completed | failed | moderation → approved | rejected | superseded
                           failed → processing when its job is tried again
    """

    # Not stored: whether `runs.start` found this run under way instead of making it.
    was_live: bool = False
    may_supersede: bool = True  # False: known that no earlier item of the product waits

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="logs", db_index=False)
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="logs", db_index=False)
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
    gravest = models.CharField(
        max_length=8, blank=True, default=""
    )  # severity of the gravest finding; "" none
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
    # "|12|5|": ids of the content templates that helped; empty where none did
    templates_used = models.TextField(blank=True, default="", db_default="")
    error = models.TextField(blank=True, default="")
    traceback = models.TextField(blank=True, default="")
    is_permanent = models.BooleanField(default=False)  # a failure that the same input would meet again
    repeat_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="repeats", db_index=False
    )
    job_id = models.BigIntegerField(null=True, blank=True)
    batch_id = models.BigIntegerField(null=True, blank=True)  # the parent job
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
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
            models.Index(fields=["product", "id"], name="log_history_of_product"),
            # the runs of a batch; for taking away a run that was repeated, and a person
            models.Index(
                fields=["batch_id"], condition=models.Q(batch_id__isnull=False), name="log_of_batch"
            ),
            models.Index(
                fields=["repeat_of"], condition=models.Q(repeat_of__isnull=False), name="log_by_repeated"
            ),
            models.Index(
                fields=["created_by"], condition=models.Q(created_by__isnull=False), name="log_by_person"
            ),
            # the lists of runs; over several sellers one after another (accounts/walking.py). With the product, which
            # product_filter.py asks for: of thousands that failed no row is read.
            models.Index(fields=["seller", "status", "id", "product"], name="log_by_status"),
            # and what run_filter.py looks for among them
            models.Index(
                fields=[
                    "seller",
                    "id",
                    "type",
                    "created_at",
                    "confidence",
                    "cost",
                    "models_used",
                    "templates_used",
                ],
                name="log_list_of_seller",
            ),
            # product_filter.py: products whose last run found something
            models.Index(
                fields=["seller", "gravest", "product"],
                condition=~models.Q(gravest=""),
                name="log_by_gravest",
            ),
            # run_filter.py: where the runs of a day begin and end
            models.Index(fields=["created_at"], name="log_by_begin"),
            # run_tallies.py, api_stats.py: how the runs of a window ended, answered from the index alone and without sorting
            # them by status, which took twice as long as reading them; selection.py: old ones, those to repeat
            models.Index(
                fields=[
                    "status",
                    "finished_at",
                    "seller",
                    "cost",
                    "confidence",
                    "duration_ms",
                    "tokens_prompt",
                    "tokens_completion",
                ],
                name="log_by_end",
            ),
        ]
        verbose_name = _("run")
        verbose_name_plural = _("runs")

    def __str__(self) -> str:
        return f"{self.get_type_display()} #{self.pk}"

    def get_type_display(self) -> str:  # type: ignore[no-redef]
        return words_of(RunType, self.type)

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        return words_of(Status, self.status)


class RunTally(models.Model):
    """How the runs of one seller ended on one day of the installation's zone; made once, when the day is over.

    `cost` in USD adds up the known prices; `unpriced` runs had none. Likewise `confidence` (0–1) over `sure` runs and
    `ms` over `timed` ones; the others had none.
    """

    day = models.DateField()
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+")
    completed = models.PositiveIntegerField(default=0)
    moderated = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)
    unpriced = models.PositiveIntegerField(default=0)
    sure = models.PositiveIntegerField(default=0)
    confidence = models.FloatField(default=0)
    timed = models.PositiveIntegerField(default=0)
    ms = models.BigIntegerField(default=0)
    tokens_prompt = models.BigIntegerField(default=0)
    tokens_completion = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "seller"], name="run_tally_once_a_day")]
        verbose_name = _("tally of runs")
        verbose_name_plural = _("tallies of runs")

    def __str__(self) -> str:
        return f"{self.day} {self.seller_id}"


class StepResult(models.Model):
    """What one step of one run produced. A step whose row stands with the same input hash is not run again."""

    log = models.ForeignKey(ProcessingLog, on_delete=models.CASCADE, related_name="steps", db_index=False)
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


# Columns by which the queue is filtered and counted; the resolution, which is "" in all, because SQLite reads it anyway.
ASKED_OF_THE_QUEUE = (
    "codes", "category", "confidence", "language", "created_at", "assignee", "assigned_at", "resolution",
)  # fmt: skip
# A desk says every half minute that somebody looks; so much later nobody does.
SEEN_FOR = timedelta(seconds=90)


class ModerationItemQuerySet(models.QuerySet["ModerationItem"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ModerationItemQuerySet:
        return of_sellers(self, user, right)

    def waiting(self) -> ModerationItemQuerySet:
        """Open ones, the worst first, then the oldest.

        As a word of the statement, not a parameter: only so SQLite finds the indexes of those that wait.
        """
        return self.filter(resolution=RawSQL("''", [])).order_by("-priority", "pk")


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
    seen_at = models.DateTimeField(null=True, blank=True)  # when the assignee last had it before their eyes
    # Who put it off, and when: to them it comes again after the others.
    skipped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    skipped_at = models.DateTimeField(null=True, blank=True)
    # What the run is about, kept here for the filters of the queue (`queueing.subject`).
    codes = models.CharField(max_length=400, blank=True, default="")  # "|price.missing|text.short|"
    category = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    confidence = models.FloatField(null=True, blank=True)
    language = models.CharField(max_length=8, blank=True, default="")
    resolution = models.CharField(
        max_length=16, blank=True, default=""
    )  # approved | rejected | sent_back | superseded
    rejection = models.CharField(max_length=40, blank=True, default="")  # a key of rejections.REJECTIONS
    notes = models.TextField(blank=True, default="")
    # What the person changed: {"title": {"before", "after"}, …, "category": {"before": id, "after": id}}
    edits = models.JSONField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ModerationItemQuerySet.as_manager()

    class Meta:
        indexes = [
            # The queue, of a seller and over several. What queue_filter.py and bulk_approving.py ask about stands in the
            # index itself, so that a rare filter and the counts of a long queue never touch the rows.
            models.Index(
                fields=["seller", "-priority", "id", *ASKED_OF_THE_QUEUE],
                condition=models.Q(resolution=""),
                name="moderation_queue",
            ),
            models.Index(
                fields=["-priority", "id", "seller", *ASKED_OF_THE_QUEUE],
                condition=models.Q(resolution=""),
                name="moderation_worst_first",
            ),
            # moderation_tally.py: what one person decided today; undeciding.py: their last decision
            models.Index(
                fields=["resolved_by", "-resolved_at"],
                condition=~models.Q(resolution=""),
                name="moderation_decided",
            ),
        ]
        verbose_name = _("moderation item")
        verbose_name_plural = _("moderation items")

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_looked_at(self) -> bool:
        """Whether the assignee has it before their eyes now; else they only hold it."""
        return self.seen_at is not None and self.seen_at > timezone.now() - SEEN_FOR


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
    version = models.PositiveIntegerField(default=1, editable=False)  # + 1 with every change of the text
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


class TemplateVersion(models.Model):
    """A text that a template had before: runs keep the number of the version that helped them."""

    template = models.ForeignKey(ContentTemplate, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_version_once")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.template_id}.{self.number}"


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

    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, related_name="category_decisions", db_index=False
    )
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
        indexes = [models.Index(fields=["seller", "producer", "id"], name="decisions_of_seller")]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.shown_id} → {self.chosen_id}"
