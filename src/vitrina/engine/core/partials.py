"""Partial texts of a stream, coalesced: a browser needs one every 30 ms, a model sends one per token."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from vitrina.engine.core.reading import StreamReader

TICK_SECONDS = 0.03


class Coalescer:
    """Called on the loop for every piece; passes the text so far on at once, then at most once a tick."""

    def __init__(self, put: Callable[[str], None]) -> None:
        self._put = put
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._pending: StreamReader | None = None

    def __call__(self, reader: StreamReader) -> None:
        if self._timer is not None:
            self._pending = reader
            return
        self._put(reader.content)
        self._timer = self._loop.call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._pending is not None:
            reader, self._pending = self._pending, None
            self(reader)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._pending is not None:
            reader, self._pending = self._pending, None
            self._put(reader.content)
