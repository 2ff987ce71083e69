"""Figures that are read from the rows when somebody asks for /metrics."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric

from vitrina.enrichment.models import ModerationItem
from vitrina.jobs.metrics import measure


class Rows:
    """Six small queries at each reading."""

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


def _by(name: str, words: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


rows = CollectorRegistry()
rows.register(Rows())
