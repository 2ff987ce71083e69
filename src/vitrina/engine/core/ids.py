"""Identifiers of ledger rows: UUID version 7, made by the process itself so that a row can be named before it is written."""

from __future__ import annotations

import os
import random
import time
from uuid import UUID

# Not os.urandom for each: a system call gives the interpreter lock away, and an id guards no secret.
_random = random.Random(os.urandom(32))  # noqa: S311
os.register_at_fork(after_in_child=lambda: _random.seed(os.urandom(32)))


def new_id() -> UUID:
    """48 bits of unix milliseconds, then random: sorted by time, unique across processes (RFC 9562, section 5.7)."""
    value = (time.time_ns() // 1_000_000) << 80 | _random.getrandbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
