"""The one function that moves a job from state to state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.db import connection

from vitrina.jobs import clock, events
from vitrina.jobs.registry import registry
from vitrina.jobs.states import HOLDS_LANE, MOVES, State


class Sql(NamedTuple):
    """An SQL expression in place of a value."""

    text: str
    params: tuple[Any, ...] = ()


class Moved(NamedTuple):
    id: int
    kind: str
    state: State
    lane: str
    parent_id: int | None
    seller_id: int | None
    fence: int
    attempt: int
    claims: int


ENDED = frozenset({State.DONE, State.DEAD, State.CANCELLED, State.CHECK})


def move(
    job_id: int,
    to: State,
    *,
    frm: Collection[State],
    fence: int | None = None,
    provided: str = "",
    sets: Mapping[str, Any] | None = None,
    told: Mapping[str, Any] | None = None,
) -> Moved | None:
    """Move a job, if it still is in one of the states `frm` and, where given, under the fence `fence`.

    None: somebody else was first; the caller stops at once. `provided`: one more condition, plain SQL.
    `sets`: other columns. `told`: what followers hear besides the state. Runs in the caller's transaction.
    """
    for state in frm:
        if to not in MOVES[state]:
            raise ValueError(f"A job never goes from {state} to {to}.")
    columns: dict[str, Any] = {"state": to.value}
    if to is not State.RUNNING:
        columns |= {"owner": "", "lease_until": None}
    columns["finished_at"] = Sql(clock.now()) if to in ENDED else None
    columns |= sets or {}

    assignments: list[str] = []
    params: list[Any] = []
    for column, value in columns.items():
        if isinstance(value, Sql):
            assignments.append(f"{column} = {value.text}")
            params.extend(value.params)
        else:
            assignments.append(f"{column} = %s")
            params.append(value)
    before = ", ".join(f"'{state.value}'" for state in frm)
    where = f"id = %s AND state IN ({before})"
    params.append(job_id)
    if fence is not None:
        where += " AND fence = %s"
        params.append(fence)
    if provided:
        where += f" AND {provided}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE jobs_job SET {', '.join(assignments)} WHERE {where} "
            "RETURNING id, kind, state, lane, parent_id, seller_id, fence, attempt, claims",
            params,
        )
        row = cursor.fetchone()
    if row is None:
        return None
    moved = Moved(row[0], row[1], State(row[2]), *row[3:])
    if moved.lane and to not in HOLDS_LANE:
        release_lane(moved.lane)
    _tell(moved, to, told or {})
    if to is State.DEAD and moved.parent_id is None:
        registry.tell_failed(moved.id, moved.seller_id)
    return moved


def _tell(moved: Moved, to: State, told: Mapping[str, Any]) -> None:
    """Followers of the job hear it; those of the seller too, but not about each child of a batch, whose parent
    tells how far it is. That a child began is told to nobody: its row is written often enough."""
    if to is State.RUNNING and moved.parent_id is not None:
        return
    data = {"state": to.value, "kind": moved.kind, "attempt": moved.attempt, **told}
    topics = [f"job:{moved.id}"]
    if moved.seller_id is not None and moved.parent_id is None:
        topics.append(f"seller:{moved.seller_id}")
    events.record_many((topic, "state", data, moved.id) for topic in topics)


def release_lane(lane: str) -> None:
    """Let the next of the lane be looked at again. Updates the row even where it isn't held: a claimer that
    is about to hold it owns the row's lock, and must be followed, not overtaken."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET is_held = %s WHERE id = ("
            "SELECT min(id) FROM jobs_job WHERE lane = %s AND lane <> '' AND state IN ('queued', 'running')"
            ") AND state = 'queued'",
            [False, lane],
        )
