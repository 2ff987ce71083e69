"""What every worker puts right every 15 seconds, whoever left it so. Safe in any number of processes."""

from __future__ import annotations

from django.db import connection

from vitrina.jobs import batches, bell, clock
from vitrina.jobs.claiming import READY
from vitrina.jobs.moving import Sql, move
from vitrina.jobs.pace import pace
from vitrina.jobs.states import State
from vitrina.lib.transactions import short_transaction


def sweep() -> None:
    reclaim_expired()
    release_held()
    for parent_id in batches.waiting_parents():
        batches.tend(parent_id)
    wake_unwoken()


def reclaim_expired() -> int:
    """Jobs whose worker is gone go back into the queue; the third time they are taken for poison."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, fence, claims FROM jobs_job "
            f"WHERE state = 'running' AND (lease_until < {clock.now()} OR lease_until IS NULL)",
            [],
        )
        expired = cursor.fetchall()
    for job_id, fence, claims in expired:
        still_expired = f"(lease_until < {clock.now()} OR lease_until IS NULL)"
        with short_transaction():
            if claims >= pace().deadest_claims:
                error = (
                    f"The worker died {claims} times while it ran this job; it is not tried again by itself."
                )
                move(
                    job_id,
                    State.DEAD,
                    frm=[State.RUNNING],
                    fence=fence,
                    provided=still_expired,
                    sets={
                        "reason": "worker died",
                        "error": f"worker died {claims} times. {error}",
                        "claims": 0,
                    },
                    told={"error": error},
                )
            else:
                moved = move(
                    job_id,
                    State.QUEUED,
                    frm=[State.RUNNING],
                    fence=fence,
                    provided=still_expired,
                    sets={"run_at": Sql(clock.now()), "reason": "lease expired"},
                )
                if moved:
                    bell.ring_on_commit(1)
    return len(expired)


def release_held() -> None:
    """Jobs held for a lane in which nothing stands before them any more: two workers missed each other.

    Row by row: one statement over many rows and a worker that ends several jobs could wait for each other.
    """
    nothing_before = (
        "NOT EXISTS (SELECT 1 FROM jobs_job earlier WHERE earlier.lane = jobs_job.lane AND earlier.lane <> '' "
        "AND earlier.state IN ('queued', 'running') AND (earlier.state = 'running' OR earlier.id < jobs_job.id))"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM jobs_job WHERE state = 'queued' AND is_held AND {nothing_before} LIMIT 500", []
        )
        missed = [row[0] for row in cursor.fetchall()]
    for job_id in missed:
        with short_transaction(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE jobs_job SET is_held = %s WHERE id = %s AND state = 'queued' AND {nothing_before}",
                [False, job_id],
            )


def wake_unwoken() -> None:
    """Ring for what has been ready for a minute without a bell."""
    skip = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with short_transaction(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE jobs_job SET woken_at = {clock.now()} WHERE id IN ("
            f"SELECT id FROM jobs_job WHERE {READY} AND run_at <= {clock.in_seconds()} "
            f"AND woken_at < {clock.in_seconds()} LIMIT 50{skip})",
            [clock.offset(-60), clock.offset(-60)],
        )
        count = cursor.rowcount
    if count > 0:
        bell.ring(count)
