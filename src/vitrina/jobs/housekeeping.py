"""The room's own scheduled work."""

from __future__ import annotations

from datetime import time, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.runtime_settings import Setting, add, value
from vitrina.jobs import clock
from vitrina.jobs.outcomes import Done, Outcome
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled
from vitrina.rest import asking_twice

KEEP_DAYS: Setting[int] = add(
    Setting(
        "jobs.keep_days",
        _("Jobs"),
        _("Keep ended jobs"),
        _("Older ones are cleared at night; failed ones stay until somebody decides."),
        "whole",
        default=lambda: settings.JOB_KEEP_DAYS,
        least=1,
        most=3650,
        unit=_("days"),
        environment="VITRINA_JOB_KEEP_DAYS",
    )
)
SMALL = 1_000  # rows that are found quickly by any plan
AT_ONCE = 5_000  # rows in one transaction, so that nobody waits long for the database


@scheduled("jobs.clean_up", daily_at=time(4, 10))
def clean_up(job: RunningJob) -> Outcome:
    """Events after a day, ended jobs after the days of the setting, ticks of workers long gone. Effects stay:
    a done answer is never paid again. Then SQLite takes its statistics."""
    days = value(KEEP_DAYS)
    cleared = Done(
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
    take_statistics()
    return cleared


@scheduled("jobs.statistics", every=timedelta(minutes=10))
def statistics(job: RunningJob) -> Outcome:
    """A first big import changes which index is the right one long before the night."""
    grown = _grown_tables()
    if grown:
        take_statistics()
    return Done({"tables": grown})


def take_statistics() -> None:
    """How many rows stand behind each entry of an index, by which SQLite chooses among them; PostgreSQL sees to it by itself.

    Whole, not by a sample: sampled figures of 100 000 rows chose plans that took a second. Some seconds for as many rows.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _grown_tables() -> list[str]:
    """Tables of SQLite with twice the rows that its statistics know of; a table of some hundred rows needs none."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        known: dict[str, int] = {}
        if "sqlite_stat1" in connection.introspection.table_names(cursor):
            cursor.execute("SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl")
            known = dict(cursor.fetchall())
        grown = []
        for table in connection.introspection.django_table_names(only_existing=True):
            most = max(SMALL, 2 * known.get(table, 0))
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {name} LIMIT %s)", [most + 1])
            if cursor.fetchone()[0] > most:
                grown.append(table)
    return grown


@scheduled("rest.forget_keys", every=timedelta(hours=1))
def forget_keys(job: RunningJob) -> Outcome:
    """Idempotency keys after a day; the API's floor stands below this one and has no clock."""
    return Done({"keys": asking_twice.forget_old()})


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
