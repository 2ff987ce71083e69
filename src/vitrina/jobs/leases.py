"""One statement renews the leases of everything a process holds."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from django.db import connection

from vitrina.jobs import clock
from vitrina.jobs.claiming import Claim
from vitrina.jobs.pace import pace
from vitrina.lib.transactions import short_transaction

logger = logging.getLogger(__name__)


def renew(claims: Sequence[Claim]) -> None:
    """Renew what is held and not hung; mark as lost what isn't ours any more.

    A handler that overran its deadline by a whole lease is taken for hung: its lease runs out, and the job goes
    to another thread.
    """
    lease = pace().lease
    now = time.monotonic()
    renewable = [claim for claim in claims if now < claim.deadline + lease]
    for claim in claims:
        if claim not in renewable and not claim.is_lost:
            logger.error(
                "job %s (%s) overran its deadline and doesn't come back; its lease is left to run out",
                claim.id,
                claim.kind,
                extra={"action": "job.hung", "job_id": claim.id, "kind": claim.kind},
            )
            claim.is_lost = True
    if not renewable:
        return
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    pairs = " OR ".join(["(id = %s AND fence = %s)"] * len(renewable))
    held: list[int | str] = [clock.offset(lease)]
    for claim in renewable:
        held += [claim.id, claim.fence]
    asked_at = time.monotonic()
    with short_transaction(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE jobs_job SET lease_until = {clock.in_seconds()} "
            f"WHERE id IN (SELECT id FROM jobs_job WHERE state = 'running' AND ({pairs}) ORDER BY id{lock}) "
            "RETURNING id, cancel_requested",
            held,
        )
        answer = dict(cursor.fetchall())
    for claim in renewable:
        if claim.id not in answer:
            claim.is_lost = True
            continue
        claim.held_until = asked_at + lease
        if answer[claim.id]:
            claim.is_cancelled = True


def look_for_cancels(owner: str, claims: Sequence[Claim]) -> None:
    """Mark what somebody cancelled since the last look. One query over the running jobs."""
    if not claims:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, fence FROM jobs_job WHERE state = 'running' AND owner = %s AND cancel_requested",
            [owner],
        )
        cancelled = set(cursor.fetchall())
    for claim in claims:
        if (claim.id, claim.fence) in cancelled:
            claim.is_cancelled = True
