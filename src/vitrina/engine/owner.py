"""Who holds an intent: this process, named so that others on the same machine can tell when it has died."""

from __future__ import annotations

import os
import socket
from functools import lru_cache
from pathlib import Path

_SEPARATOR = "|"


def owner_now() -> str:
    """ "machine|pid|start" of this process, at most 80 characters. Made anew after a fork."""
    pid = os.getpid()
    return _SEPARATOR.join((_machine(), str(pid), _started(pid)))


def is_dead(owner: str) -> bool:
    """True only where it is certain: the same machine, and no such process, or one that began at another time."""
    machine, _, rest = owner.partition(_SEPARATOR)
    pid, _, started = rest.partition(_SEPARATOR)
    if not started or machine != _machine() or not pid.isdecimal():
        return False
    return _started(int(pid)) != started


@lru_cache(maxsize=1)
def _machine() -> str:
    """The boot and the process-id space, so that two containers with one host name stay apart."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip().replace("-", "")
        space = str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return socket.gethostname()[:30]
    return f"{boot[:16]}.{space}"


def _started(pid: int) -> str:
    """Clock ticks from boot to the start of the process; "" where there is none or it can't be known."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = line.rpartition(")")[2].split()
    if fields[0] == "Z":  # a zombie has ended; only its parent hasn't looked yet
        return ""
    return fields[19]
