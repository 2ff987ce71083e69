"""Whose turn it is. Pure.

Work waits in queues, one per priority, seller and kind, so that a seller with 100 000 waiting jobs is one
entry among the others, not 100 000.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from vitrina.jobs.states import Priority


class Queue(NamedTuple):
    priority: int
    share: int  # the seller's id; 0 is the house itself
    kind: str

    @property
    def name(self) -> str:
        return f"{self.priority}/{self.share}/{self.kind}"

    @classmethod
    def of(cls, name: str) -> Queue:
        priority, share, kind = name.split("/", 2)
        return cls(int(priority), int(share), kind)


def in_turn(
    waiting: Iterable[Queue],
    running: Mapping[Queue, int],
    *,
    limits: Mapping[str, int],
    kinds: Collection[str],
    batch_may: bool,
    served: Mapping[int, int],
) -> list[Queue]:
    """The queues that may give a job now, the one to ask first at the front.

    Priority first; then the seller with the fewest jobs running; then the one served longest ago (`served`:
    share → a number that grows with every claim). `limits`: kind → most running at once, everywhere.
    `kinds`: what this process can run; the rest waits for a process that can.
    """
    by_share: dict[int, int] = {}
    by_kind: dict[str, int] = {}
    for queue, count in running.items():
        by_share[queue.share] = by_share.get(queue.share, 0) + count
        by_kind[queue.kind] = by_kind.get(queue.kind, 0) + count
    allowed = (
        queue
        for queue in waiting
        if queue.kind in kinds
        and (batch_may or queue.priority > Priority.BATCH)
        and (queue.kind not in limits or by_kind.get(queue.kind, 0) < limits[queue.kind])
    )
    return sorted(
        allowed,
        key=lambda queue: (
            -queue.priority,
            by_share.get(queue.share, 0),
            served.get(queue.share, 0),
            queue.share,
            queue.kind,
        ),
    )


def batch_may_start(*, slots: int, busy_others: int) -> bool:
    """Whether a batch job may take the slot that asks. It never takes the last one, unless there is only one."""
    return slots <= 1 or busy_others < slots - 1
