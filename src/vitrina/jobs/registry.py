"""Who does what, by name. Rooms fill it from their `jobs.py`, imported in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vitrina.jobs.outcomes import Outcome
from vitrina.jobs.retry import RetryRule

if TYPE_CHECKING:
    from vitrina.jobs.running import RunningJob

Run = Callable[["RunningJob"], Outcome]


@dataclass(frozen=True)
class Limits:
    running: int | None = None  # most jobs of the kind at once, over all processes; None: as many as threads


@dataclass(frozen=True)
class Handler:
    kind: str
    run: Run
    limits: Limits
    retry: RetryRule
    deadline_seconds: float
    reruns: bool


@dataclass(frozen=True)
class ChildSpec:
    """One item of a batch. A child whose key is already at work is not made twice."""

    payload: dict[str, Any]
    key: str = ""
    lane: str = ""


# (payload of the batch, cursor or None at the start, how many) → (children, next cursor or None at the end).
# Runs inside a transaction: reads only, no outside call. The cursor is small JSON.
Feed = Callable[[dict[str, Any], Any, int], tuple[list[ChildSpec], Any]]


# (id of the job, of its seller, dead children of a batch; 0: the job itself died). Called in the transaction of it.
WhenFailed = Callable[[int, int | None, int], None]


@dataclass
class Registry:
    handlers: dict[str, Handler] = field(default_factory=dict)
    feeders: dict[str, Feed] = field(default_factory=dict)
    when_failed: dict[str, WhenFailed] = field(default_factory=dict)  # by the room that wants to know

    def tell_failed(self, job_id: int, seller_id: int | None, *, failed_parts: int = 0) -> None:
        for tell in self.when_failed.values():
            tell(job_id, seller_id, failed_parts)


registry = Registry()


def handler(
    kind: str,
    *,
    limits: Limits | None = None,
    retry: RetryRule | None = None,
    deadline_seconds: float = 120.0,
    reruns: bool = False,
) -> Callable[[Run], Run]:
    """Register the handler of a kind.

    `deadline_seconds`: total for one attempt; a job that overruns it by a whole lease is taken for hung, and
    given to another worker: say more for long ones. `reruns`: when the same key is enqueued while the job
    runs, it runs once more afterwards, so that news that arrives mid-run is not missed.
    """

    def register(run: Run) -> Run:
        known = registry.handlers.get(kind)
        if known and known.run is not run and known.run.__qualname__ != run.__qualname__:
            raise ValueError(f"Job kind {kind!r} already has the handler {known.run.__qualname__}.")
        registry.handlers[kind] = Handler(
            kind, run, limits or Limits(), retry or RetryRule(), deadline_seconds, reruns
        )
        return run

    return register


def feeder(kind: str) -> Callable[[Feed], Feed]:
    """Register what gives a batch of this kind its children, window by window."""

    def register(feed: Feed) -> Feed:
        registry.feeders[kind] = feed
        return feed

    return register
