"""Figures that are read from the rows when somebody asks for /metrics."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from vitrina.enrichment.models import ModerationItem
from vitrina.inbox.priority import Priority
from vitrina.inbox.statistics import measuring
from vitrina.inbox.statistics.comparing import Verdict
from vitrina.inbox.statistics.models import Clock, Outcome
from vitrina.jobs.metrics import measure


class Rows:
    """Thirteen small queries at each reading."""

    def collect(self) -> Iterable[Metric]:
        measured = measure()
        yield _by("vitrina_jobs_queued", "Jobs that wait, by kind", "kind", measured.queued)
        yield _by("vitrina_jobs_running", "Jobs at work, by kind", "kind", measured.running)
        yield _by(
            "vitrina_jobs_failed",
            "Jobs on the list of failed ones, by reason",
            "reason",
            measured.failed_by_reason,
        )
        yield GaugeMetricFamily(
            "vitrina_batches_open", "Batches that are not at their end", measured.waiting_batches
        )
        yield GaugeMetricFamily(
            "vitrina_jobs_oldest_seconds", "Wait of the oldest ready job", measured.oldest_seconds or 0
        )
        yield GaugeMetricFamily("vitrina_workers", "Workers seen within a minute", measured.workers)
        waiting = ModerationItem.objects.waiting().order_by().count()
        yield GaugeMetricFamily("vitrina_moderation_waiting", "Doubtful runs that wait for a person", waiting)
        yield from _inbox()


def _inbox() -> Iterable[Metric]:
    """Counters of this day: at midnight they begin anew, as those of a process that starts do."""
    measured = measuring.measure()
    today = measured.today
    yield _by(
        "vitrina_inbox_waiting", "Interactions that want an answer, by priority", "priority", measured.waiting
    )
    made = {outcome.value: getattr(today.drafts, outcome.value) for outcome in Outcome}
    yield _counted("vitrina_inbox_drafts", "Drafts made today, by how", "outcome", made)
    cost = CounterMetricFamily(
        "vitrina_inbox_drafts_cost_usd", "USD for today's drafts, where the price is known"
    )
    cost.add_metric([], float(today.drafts.cost))
    yield cost
    became = {verdict.value: getattr(today.reception, verdict.value) for verdict in Verdict}
    yield _counted("vitrina_inbox_feedback", "What became of drafts today", "verdict", became)
    for name, words in (
        ("arrived", "Words of buyers that want an answer"),
        ("visited", "Interactions opened by who may answer"),
        ("ready", "Of those: a draft that held stood ready"),
        ("answered", "Answers queued"),
        ("due", "Answers to what had a time to be answered by"),
        ("in_time", "Of those: queued before it"),
    ):
        of_each = {
            Priority(priority).word: getattr(work, name) for priority, work in today.priorities.items()
        }
        yield _counted(f"vitrina_inbox_{name}", f"{words}, today, by priority", "priority", of_each)
    times = GaugeMetricFamily(
        "vitrina_inbox_seconds", "Times of today by clock and quantile", labels=["clock", "quantile"]
    )
    for clock, found in today.times.items():
        unit = 1 if clock == Clock.HANDLING else 1000
        for quantile, value in (("0.5", found.p50), ("0.95", found.p95)):
            if value is not None:
                times.add_metric([clock, quantile], value / unit)
    yield times


def _by(name: str, words: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


def _counted(name: str, words: str, label: str, values: dict[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, words, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


rows = CollectorRegistry()
rows.register(Rows())
