"""Identifiers of ledger rows: UUID version 7, made by the process itself so that a row can be named before it is written."""

from __future__ import annotations

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """48 bits of unix milliseconds, then random: sorted by time, unique across processes (RFC 9562, section 5.7)."""
    random = int.from_bytes(os.urandom(10), "big")
    value = (time.time_ns() // 1_000_000) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
