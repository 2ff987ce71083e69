"""What runs by the clock, for the console: when last, when next, and how the last one ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from vitrina.jobs.models import Job, Schedule
from vitrina.jobs.schedule import rules
from vitrina.jobs.slots import Rule

LOOKED_AT = 2_000  # jobs of the house looked through for the last one of each kind


@dataclass(frozen=True)
class Slot:
    row: Schedule
    rule: Rule | None  # None: this version of the program knows no such schedule
    last_job: Job | None

    @property
    def every(self) -> str:
        """«5 min», «1 h»; empty for one that runs at a time of the day."""
        period: timedelta | None = getattr(self.rule, "period", None)
        if period is None:
            return ""
        minutes = round(period.total_seconds() / 60)
        if minutes % 60 == 0:
            return _("%(hours)s h") % {"hours": minutes // 60}
        return _("%(minutes)s min") % {"minutes": minutes}

    @property
    def daily_at(self) -> str:
        at = getattr(self.rule, "at", None)
        return f"{at:%H:%M}" if at else ""


def slots() -> list[Slot]:
    """Two queries. The jobs of the house stand apart in their index."""
    rows = list(Schedule.objects.order_by("next_run", "name"))
    names = [row.name for row in rows]
    last: dict[str, Job] = {}
    recent = (
        Job.objects.filter(seller=None, parent=None).order_by("-pk").defer("payload", "traceback")[:LOOKED_AT]
    )
    for job in recent.iterator():
        if job.kind in names:
            last.setdefault(job.kind, job)
    return [Slot(row, rules.get(row.name), last.get(row.name)) for row in rows]
