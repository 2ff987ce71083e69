"""Jobs as programs see them, and the answer «accepted» of whatever is done by a job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.jobs.models import Job, JobState
from vitrina.rest.fields import Shown


class JobShown(Shown):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(JobState.values)
    seller = serializers.IntegerField(allow_null=True)
    parent = serializers.IntegerField(allow_null=True)  # type: ignore[assignment] # a member of the answer
    is_batch = serializers.BooleanField()
    is_paused = serializers.BooleanField()
    is_cancelling = serializers.BooleanField()
    attempt = serializers.IntegerField()
    progress = serializers.DictField()
    result = serializers.JSONField()
    error = serializers.CharField(allow_blank=True)
    cost = serializers.DecimalField(max_digits=12, decimal_places=6, allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class Accepted(Shown):
    """Work that was queued; the header Location says where to look."""

    job = JobShown()


JOB = {
    "id": 7,
    "kind": "enrichment.run",
    "title": "Платье летнее хлопковое синее",
    "state": "queued",
    "seller": 1,
    "parent": None,
    "is_batch": False,
    "is_paused": False,
    "is_cancelling": False,
    "attempt": 0,
    "progress": {},
    "result": None,
    "error": "",
    "cost": None,
    "created_at": "2026-03-01T10:00:00+03:00",
    "started_at": None,
    "finished_at": None,
}


def shown(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    return [row(job) for job in jobs]


def row(job: Job) -> dict[str, Any]:
    return {
        "id": job.pk,
        "kind": job.kind,
        "title": job.title,
        "state": str(job.state),
        "seller": job.seller_id,
        "parent": job.parent_id,
        "is_batch": job.is_batch,
        "is_paused": job.paused_at is not None,
        "is_cancelling": job.cancel_requested,
        "attempt": job.attempt,
        "progress": job.progress or {},
        "result": job.result,
        "error": job.error,
        "cost": None if job.cost is None else f"{job.cost:.6f}",
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def accepted(job: Job | None, **more: Any) -> Response:
    """202 with the job, and beside it what the room tells: `accepted(job, log=…)`."""
    body = {"job": row(job) if job else None} | more
    response = Response(body, status=202)
    if job is not None:
        response["Location"] = reverse("api_job", kwargs={"pk": job.pk})
    return response
