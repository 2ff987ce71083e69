"""How long to wait between two looks at a picture that is being made: often at first, then every two seconds."""

from __future__ import annotations

import asyncio
import time

FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 0.25, 1.5, 2.0  # seconds


class Deadline:
    """A moment; `left()`: seconds until then, never below zero."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        return max(0.0, self._at - time.monotonic())


class Pauses:
    """`await next()`: False where the time is up, at once."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._pause = FIRST_PAUSE

    async def next(self) -> bool:
        left = self._deadline.left()
        if left <= 0:
            return False
        await asyncio.sleep(min(self._pause, left))
        self._pause = min(self._pause * GROWTH, LONGEST_PAUSE)
        return self._deadline.left() > 0
