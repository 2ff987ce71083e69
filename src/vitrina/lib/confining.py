"""Hard limits of the process that calls this, for one that reads what strangers send."""

from __future__ import annotations

import contextlib
from pathlib import Path


def confine(*, memory_bytes: int, cpu_seconds: int) -> None:
    """So much memory beside what the program itself takes, and so much of the processor. Nothing is dumped."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; those of the parsers stand before
        return
    program = 0
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        program = pages * resource.getpagesize()
    for kind, amount in (
        (resource.RLIMIT_AS, program + memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        least = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
            resource.setrlimit(kind, (least, least))
