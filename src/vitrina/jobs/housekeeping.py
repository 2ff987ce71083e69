"""The room's own scheduled work."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.db import connection

from vitrina.jobs import clock
from vitrina.jobs.outcomes import Done, Outcome
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled

AT_ONCE = 5_000  # rows in one transaction, so that nobody waits long for the database


@scheduled("jobs.clean_up", daily_at=time(4, 10))
def clean_up(job: RunningJob) -> Outcome:
    """Events after a day, ended jobs after the days of the setting, ticks of workers long gone. Effects stay:
    a done answer is never paid again."""
    days = settings.JOB_KEEP_DAYS
    return Done(
        {
            "events": _delete(job, "jobs_jobevent", "created_at < {ago}", days=1),
            "jobs": _delete(
                job,
                "jobs_job",
                "state IN ('done', 'cancelled') AND finished_at < {ago} AND NOT has_children AND (parent_id IS NULL "
                "OR EXISTS (SELECT 1 FROM jobs_job p WHERE p.id = jobs_job.parent_id AND p.finished_at < {ago}))",
                days=days,
            )
            + _delete(
                job,
                "jobs_job",
                "state IN ('done', 'cancelled') AND finished_at < {ago} AND has_children "
                "AND NOT EXISTS (SELECT 1 FROM jobs_job c WHERE c.parent_id = jobs_job.id)",
                days=days,
            ),
            "workers": _delete(job, "jobs_workertick", "ticked_at < {ago}", days=1, key="owner"),
        }
    )


def _delete(job: RunningJob, table: str, condition: str, *, days: int, key: str = "id") -> int:
    ago = clock.in_seconds()
    where = condition.format(ago=ago)
    params = [clock.offset(-days * 86_400.0)] * condition.count("{ago}")
    deleted = 0
    while True:
        job.checkpoint()
        with connection.cursor() as cursor:
            if table == "jobs_job":
                # The database keeps the reference; the effect stays without its job.
                cursor.execute(
                    f"UPDATE jobs_effect SET job_id = NULL WHERE job_id IN ("
                    f"SELECT id FROM {table} WHERE {where} LIMIT {AT_ONCE})",
                    params,
                )
            cursor.execute(
                f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {where} LIMIT {AT_ONCE})",
                params,
            )
            count = int(cursor.rowcount)
        deleted += count
        if count < AT_ONCE:
            return deleted
