"""Reading a marketplace's tree."""

from __future__ import annotations

from datetime import time

from django.utils import timezone

from vitrina.catalog.places import trees
from vitrina.channels.models import Connection
from vitrina.jobs.outcomes import Cancel, Done, Fail, Outcome
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled


@handler(trees.TREE, limits=Limits(running=1), deadline_seconds=1800.0)
def sync_tree(job: RunningJob) -> Outcome:
    """{"connection"}"""
    connection = Connection.objects.on().filter(pk=job.payload["connection"]).first()
    if connection is None:
        return Cancel("The connection was taken away or switched off.")
    job.progress(step="tree")
    try:
        report = trees.sync_tree(connection)
    except ValueError as error:
        return Fail(str(error))
    return Done({"created": report.created, "updated": report.updated, "retired": report.retired})


@scheduled("catalog.marketplace_trees", daily_at=time(4, 50), deadline_seconds=120.0)
def read_due(job: RunningJob) -> Outcome:
    """Trees of connected marketplaces, each once a week; one that couldn't be read is due again the next day."""
    return Done({"trees": trees.read_due_later(timezone.now())})
