"""The states of a job, the moves between them, and how urgent a job is. Pure.

queued → running → done
                 → queued     failed, tries again at run_at; also snoozed, handed back, lease expired
                 → dead       out of tries, can't succeed, or its worker died three times
                 → check      a person decides
                 → cancelled
                 → waiting    its children are still at work → done, or queued for its closing handler
dead, check, cancelled → queued     a person tries again
dead, check → cancelled             a person drops it
done → waiting                      a batch whose dead children are tried again
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    CHECK = "check"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """A larger number goes first."""

    BATCH = 0
    SYNC = 10
    OPERATOR = 20


# Still to be worked on by a machine.
LIVE = frozenset({State.QUEUED, State.RUNNING, State.WAITING})
# A second job with the same key returns the first: also while a person decides about it.
HOLDS_KEY = LIVE | {State.CHECK}
# Stands in the way of later jobs of its lane. A job that waits for a person does not: that may take days.
HOLDS_LANE = frozenset({State.QUEUED, State.RUNNING})

MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED}),
    State.RUNNING: frozenset(
        {State.DONE, State.QUEUED, State.DEAD, State.CHECK, State.CANCELLED, State.WAITING}
    ),
    State.WAITING: frozenset({State.DONE, State.QUEUED, State.DEAD, State.CANCELLED}),
    State.CHECK: frozenset({State.QUEUED, State.CANCELLED}),
    State.DEAD: frozenset({State.QUEUED, State.CANCELLED, State.WAITING}),
    State.CANCELLED: frozenset({State.QUEUED, State.WAITING}),
    State.DONE: frozenset({State.WAITING}),
}
