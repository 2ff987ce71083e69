"""Deadlines that nest: attempt < whole job < browser < HTTP socket."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True)
class Deadlines:
    """Seconds. `store`: how long a paid answer may take to be written after its call's own end."""

    job: float = 90.0
    browser: float = 100.0
    socket: float = 120.0
    store: float = 20.0


@dataclass(frozen=True)
class Deadline:
    """A moment on the monotonic clock."""

    at: float

    @classmethod
    def within(cls, seconds: float) -> Deadline:
        return cls(monotonic() + seconds)

    @property
    def seconds_left(self) -> float:
        return self.at - monotonic()


def faults_of_nesting(deadlines: Deadlines, attempts: Iterable[tuple[str, float]]) -> list[str]:
    """Sentences on what doesn't nest; empty when all is well. `attempts`: (name of route and model, its timeout)."""
    faults = [
        f"The attempt timeout of {name} is {timeout:g} s; it must be above 0 and below the job's deadline of {deadlines.job:g} s."
        for name, timeout in attempts
        if not 0 < timeout < deadlines.job
    ]
    if not deadlines.job < deadlines.browser:
        faults.append(
            f"The job's deadline ({deadlines.job:g} s) must be below the browser's ({deadlines.browser:g} s)."
        )
    if not deadlines.browser < deadlines.socket:
        faults.append(
            f"The browser's deadline ({deadlines.browser:g} s) must be below the socket's ({deadlines.socket:g} s)."
        )
    return faults
