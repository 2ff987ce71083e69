"""When a failed job tries again. Pure.

Full jitter: a random wait between zero and 5 s × 2ⁿ, at most 15 minutes, so that a thousand jobs that failed
together don't come back together.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

LONGEST_RETRY_AFTER_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class RetryRule:
    tries: int = 6
    base_seconds: float = 5.0
    longest_seconds: float = 900.0

    def wait_seconds(
        self,
        attempt: int,
        *,
        retry_after: float | None = None,
        chance: Callable[[], float] = random.random,
    ) -> float | None:
        """Seconds until the next try after attempt number `attempt` (from 1) failed; None: there is none.

        `retry_after` (what the other side asked for) is never undercut, and overshot by a tenth at most.
        """
        if attempt >= self.tries:
            return None
        if retry_after is not None:
            asked = min(max(retry_after, 0.0), LONGEST_RETRY_AFTER_SECONDS)
            return asked * (1 + chance() / 10)
        # 2 ** 1000 is past any float; no wait needs more than 2 ** 30.
        ceiling = min(self.base_seconds * 2.0 ** min(attempt, 30), self.longest_seconds)
        return chance() * ceiling


PICTURES = RetryRule(tries=3)
