"""Pictures that were still being made when their call's time was up: the same request again joins them, and pays once.

Kept in this process alone. After a kill nobody knows the task any more; it is made and paid for at the service, and the
request that follows is a new one.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from time import monotonic

import orjson

from vitrina.imagery.ports import Outcome, ServiceFault
from vitrina.lib.sentences import gettext_noop

STILL_DRAWN = gettext_noop(
    "%(service)s still draws after %(seconds)s s (task %(task)s); the same request again goes on waiting for it."
)
# Codes of faults after which the task may be there all the same.
MAY_GO_ON = frozenset({"still_drawn", "timeout", "connection", "not_fetched"})
MOST_KEPT = 1000
KEPT_SECONDS = 600.0  # as long as FLUX keeps a result


@dataclass
class Unfinished:
    """What tasks are known by, by the digest of their request."""

    _tasks: OrderedDict[str, tuple[str, float]] = field(default_factory=OrderedDict)

    def keep(self, digest: str, task: str) -> None:
        self._tasks[digest] = (task, monotonic() + KEPT_SECONDS)
        while len(self._tasks) > MOST_KEPT:
            self._tasks.popitem(last=False)

    def take(self, digest: str) -> str | None:
        """At most once: two equal requests at the same time don't join the same task."""
        task, until = self._tasks.pop(digest, ("", 0.0))
        return task if task and monotonic() < until else None

    def forget(self) -> None:
        """All of them, for tests."""
        self._tasks.clear()


def digest_of(url: str, asked: object) -> str:
    """Of a request's JSON, which must be writable."""
    return hashlib.sha256(url.encode() + b"\n" + orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


def still_drawn(service: str, seconds: float, task: str, *, was_paid: bool | None) -> ServiceFault:
    """`service`: its title. `seconds`: that were waited."""
    values: dict[str, str | int | float] = {"service": service, "seconds": f"{seconds:.3g}", "task": task}
    return ServiceFault(
        Outcome.RETRY_SAME, STILL_DRAWN, values=values, code="still_drawn", was_paid=was_paid, request_id=task
    )
