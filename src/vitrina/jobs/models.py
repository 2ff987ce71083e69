"""Jobs, what they did outside, what they told their followers, when they are due, and who works."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right
from vitrina.jobs import states
from vitrina.jobs.states import HOLDS_KEY, Priority
from vitrina.lib.choices import words_of


class JobState(models.TextChoices):
    """`states.State` with its words; the two are the same, a test says so."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    WAITING = "waiting", _("waiting for its parts")
    CHECK = "check", _("a person decides")
    DONE = "done", _("done")
    DEAD = "dead", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class JobQuerySet(models.QuerySet["Job"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> JobQuerySet:
        """Jobs of the user's sellers; those of the house itself only for a superuser."""
        if user.is_authenticated and user.is_active and user.is_superuser:
            return self.all()
        return of_sellers(self, user, right)

    def live(self) -> JobQuerySet:
        return self.filter(state__in=states.LIVE)

    def top(self) -> JobQuerySet:
        """Without the children of batches, newest first: what a list of jobs shows."""
        return self.filter(parent=None).order_by("-pk")

    def dead(self) -> JobQuerySet:
        """Those that need somebody: out of tries, poisonous, or in doubt."""
        return self.filter(state__in=[states.State.DEAD, states.State.CHECK]).order_by("-pk")


class Job(models.Model):
    """One piece of durable work; `states.py` draws its states.

    Rows are moved only by `moving.move`: id, state and fence in the condition, so that whoever lost a race
    changes nothing.
    """

    kind = models.CharField(_("kind"), max_length=80)
    # Same work, same key: at most one of them is live. Empty: no two are the same work.
    key = models.CharField(max_length=200, blank=True, default="")
    payload = models.JSONField(default=dict)  # ids and small JSON
    state = models.CharField(_("state"), max_length=12, choices=JobState, default=JobState.QUEUED)
    priority = models.SmallIntegerField(_("priority"), default=Priority.BATCH)
    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, null=True, blank=True, related_name="jobs", db_index=False
    )
    queue = models.CharField(max_length=130)  # "priority/seller/kind", see fairness.Queue
    lane = models.CharField(
        max_length=200, blank=True, default=""
    )  # jobs of one lane run one by one, in order
    is_held = models.BooleanField(default=False)  # an earlier job of the lane was seen at work
    run_at = models.DateTimeField(_("not before"))
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    runs_again = models.BooleanField(default=False)  # its key was enqueued while it ran

    attempt = models.PositiveIntegerField(_("attempt"), default=0)  # tries begun since it was queued
    claims = models.PositiveIntegerField(default=0)  # claims since a try last ended
    fence = models.PositiveBigIntegerField(default=0)  # grows with every claim
    owner = models.CharField(max_length=120, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)

    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children", db_index=False
    )
    has_children = models.BooleanField(default=False)
    # A batch: the kind of its children, where its feeder stands, and whether it has given its last.
    child_kind = models.CharField(max_length=80, blank=True, default="")
    cursor = models.JSONField(null=True, blank=True)
    is_fed = models.BooleanField(default=True)
    total = models.PositiveIntegerField(null=True, blank=True)  # children expected; null: not known

    title = models.CharField(_("title"), max_length=200, blank=True, default="")
    progress = models.JSONField(
        _("progress"), default=dict
    )  # {"step", "done", "total", "rate", "seconds_left", "text"}
    result = models.JSONField(_("result"), null=True, blank=True)
    cost = models.DecimalField(_("cost, USD"), max_digits=12, decimal_places=6, null=True, blank=True)
    reason = models.CharField(
        max_length=80, blank=True, default=""
    )  # class of the last failure, for counting
    error = models.TextField(_("error"), blank=True, default="")
    traceback = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField(_("created"))
    woken_at = models.DateTimeField(null=True, blank=True)  # when the bell last rang for it
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=sorted(HOLDS_KEY)) & ~Q(key=""),
                name="job_live_key",
            )
        ]
        indexes = [
            # claiming.py: the queues that wait, and the next of one queue
            models.Index(
                fields=["queue", "run_at", "id"],
                condition=Q(state="queued", is_held=False, paused_at=None),
                name="job_ready",
            ),
            # claiming.py: how many run, per queue; leases.py and sweeping.py walk it whole
            models.Index(fields=["queue"], condition=Q(state="running"), name="job_running"),
            # claiming.py: who stands earlier in the lane
            models.Index(
                fields=["lane", "id"],
                condition=Q(state__in=["queued", "running"]) & ~Q(lane=""),
                name="job_lane",
            ),
            # batches.py: progress is counted by state; queues.py: what a batch has cost so far
            models.Index(
                fields=["parent", "state", "cost"], condition=Q(parent__isnull=False), name="job_parts"
            ),
            # sweeping.py: parents to feed or to close
            models.Index(fields=["id"], condition=Q(state="waiting"), name="job_waiting"),
            # the batches of a seller without walking their children: today.py, runs.py, estimate.py
            models.Index(
                fields=["seller", "kind", "state", "id"],
                condition=Q(has_children=True),
                name="job_batches_of_seller",
            ),
            # enqueue.py: how many a seller has queued
            models.Index(fields=["seller"], condition=Q(state="queued"), name="job_queued_of_seller"),
            # the jobs page, the dead list, the clean-up
            models.Index(fields=["seller", "state", "id"], name="job_by_state"),
            models.Index(fields=["state", "finished_at"], name="job_finished"),
            # the jobs page: without the parts of batches. The parent, always null, stands among the columns so that SQLite,
            # which weighs indexes by how many terms fit, takes this one also before it knows how few these are.
            models.Index(
                fields=["parent", "seller", "id", "state"], condition=Q(parent=None), name="job_top"
            ),
            # for taking a person away
            models.Index(fields=["created_by"], condition=Q(created_by__isnull=False), name="job_by_person"),
        ]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self) -> str:
        return f"{self.title or self.kind} #{self.pk}"

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        return words_of(JobState, self.state)

    @property
    def is_live(self) -> bool:
        return self.state in states.LIVE

    @property
    def is_batch(self) -> bool:
        return bool(self.child_kind)


class EffectState(models.TextChoices):
    INTENT = "intent", _("begun")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    DOUBT = "doubt", _("in doubt")


class Effect(models.Model):
    """Something that leaves the house or costs money, at most once per key.

    intent → done | refused; an intent found by a later claim → doubt → done | intent (repeated) | a person
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=8)  # doubts.EffectKind
    input_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=EffectState, default=EffectState.INTENT)
    result = models.JSONField(null=True, blank=True)  # the raw answer, stored before anything parses it
    cost = models.DecimalField(_("cost, USD"), max_digits=12, decimal_places=6, null=True, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="effects")
    fence = models.PositiveBigIntegerField()
    looks = models.PositiveSmallIntegerField(default=0)
    repeats = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("effect")
        verbose_name_plural = _("effects")

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"


class JobEvent(models.Model):
    """What followers are told; cleared after a day. A job's newest progress takes the place of its older one.
    The id is the stream's id."""

    topic = models.CharField(max_length=80)  # "job:7", "product:12", "seller:3"
    kind = models.CharField(max_length=40)  # "state", "progress" …
    data = models.JSONField(default=dict)
    job_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["topic", "id"], name="event_of_topic")]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.topic} {self.kind} #{self.pk}"


class Schedule(models.Model):
    """When a kind is due next. Any number of schedulers is safe: one conditional update decides a slot."""

    name = models.CharField(_("name"), max_length=80, primary_key=True)
    next_run = models.DateTimeField(_("next run"))
    last_run = models.DateTimeField(_("last run"), null=True, blank=True)
    is_enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")

    def __str__(self) -> str:
        return self.name


class WorkerTick(models.Model):
    """A worker that is alive: it ticks whether it has work or not."""

    owner = models.CharField(max_length=120, primary_key=True)
    threads = models.PositiveIntegerField(_("threads"))
    running = models.PositiveIntegerField(_("running"), default=0)
    is_stopping = models.BooleanField(_("stopping"), default=False)
    started_at = models.DateTimeField(_("started"))
    ticked_at = models.DateTimeField(_("last seen"), db_index=True)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.owner
