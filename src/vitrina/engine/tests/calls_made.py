"""Rows of the ledger for tests, many at once."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from vitrina.engine.core.ids import new_id
from vitrina.engine.models import ModelCall


def call(**fields: Any) -> ModelCall:
    """One call as the engine writes it; give what the test is about."""
    known: dict[str, Any] = {
        "id": new_id(), "at": timezone.now(), "kind": "chat", "generator": "card", "route": "describe", "provider": "openai",
        "model": "gpt-4o-mini", "outcome": "ok", "status": 200, "tokens_prompt": 900, "tokens_completion": 300,
        "tokens_total": 1200, "cost": Decimal("0.000315"), "latency_ms": 1400, "prompt_version": "3f9a0c",
    }  # fmt: skip
    return ModelCall(**known | fields)


def many(count: int, *, over: timedelta, until: datetime, sellers: list[int], seed: int = 7) -> None:
    """Believable traffic of two models, a fiftieth of it failed, evenly spread over the time before `until`."""
    lot = random.Random(seed)
    rows = []
    for number in range(count):
        failed = lot.random() < 0.02
        rows.append(
            call(
                at=until - over * (1 - number / count),
                model="gpt-4o-mini" if number % 3 else "gpt-4.1-mini",
                provider="openai" if number % 3 else "openrouter",
                route="describe" if number % 2 else "categorize",
                outcome="error" if failed else "ok",
                error_class=lot.choice(["timeout", "server", "rate"]) if failed else "",
                cost=None if failed else Decimal("0.000315"),
                latency_ms=int(lot.lognormvariate(7.2, 0.5)),
                seller_id=sellers[number % len(sellers)],
            )
        )
    ModelCall.objects.bulk_create(rows, batch_size=2_000)
