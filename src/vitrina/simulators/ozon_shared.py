"""What the doors of a simulated Ozon share: a refusal in its words, and where a page of a list begins and ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

Body = dict[str, Any]
Handler = Callable[[web.Request, Body], web.Response]


class Fails(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.words: dict[str, Any] = {"status": status, "code": code, "message": message}


def slice_of(ids: Sequence[str], after: str, size: int, fault: str) -> tuple[int, int, str, bool]:
    """Where a page begins and ends, the pointer to the next one, and whether there is one."""
    start = ids.index(after) + 1 if after in ids else 0
    if fault == "shift":
        start = max(start - 1, 0)
    if fault == "again":
        start = max(start - size, 0)
    end = min(start + size, len(ids))
    last_id = after if fault == "loop" else ids[end - 1] if end > start else ""
    return start, end, last_id, end < len(ids)
