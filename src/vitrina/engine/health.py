"""How the providers do: the last quarter of an hour and the last day of each model, from the ledger and its tallies.

Two queries, and one more for models that fail; some milliseconds with 100 000 calls a day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.conf import settings
from django.utils import timezone

from vitrina.engine.core.breaker import COUNTED, Breaker, BreakerRule, State
from vitrina.engine.core.faults import FaultKind
from vitrina.engine.core.tallies import Tally, add_packed, summed
from vitrina.engine.models import CallTally, ModelCall
from vitrina.engine.tallying import bucket_of, counted, tallied_until

RECENT = timedelta(minutes=15)
DAY = timedelta(hours=24)
REPLAY = timedelta(minutes=5)
MOST_REPLAYED = 500
SHAKY_SHARE = 0.1

Verdict = Literal["ok", "shaky", "down", "quiet"]


@dataclass(frozen=True)
class ModelHealth:
    """One model as it answered. `rests`: failures in a row keep the breaker open, by what the ledger tells.

    `limited`: calls of the last quarter of an hour that the provider turned away for its rate or for spent credit.
    """

    provider: str
    model: str
    recent: Tally
    day: Tally
    rests: bool = False

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}"

    @property
    def limited(self) -> int:
        return self.recent.errors[FaultKind.RATE.value] + self.recent.errors[FaultKind.CREDIT.value]

    @property
    def verdict(self) -> Verdict:
        """ok | shaky (a tenth of the last calls failed) | down (all of them, or it rests) | quiet (none lately)."""
        if self.rests:
            return "down"
        if not self.recent.calls:
            return "quiet"
        share = self.recent.failed / self.recent.calls
        return "down" if share == 1 else "shaky" if share >= SHAKY_SHARE else "ok"


@dataclass(frozen=True)
class Health:
    """`models`: those called within a day, the troubled ones first."""

    at: datetime
    models: tuple[ModelHealth, ...] = ()
    recent: Tally = field(default_factory=Tally)
    day: Tally = field(default_factory=Tally)

    @property
    def troubled(self) -> tuple[ModelHealth, ...]:
        return tuple(model for model in self.models if model.verdict in ("shaky", "down"))


def summary(*, now: datetime | None = None) -> Health:
    """Of the whole installation: who shows it to a member shows no figures of other sellers but these sums."""
    now = now or timezone.now()
    recent: dict[tuple[str, str], Tally] = defaultdict(Tally)
    day: dict[tuple[str, str], Tally] = defaultdict(Tally)
    tallied = max(tallied_until() or now - DAY, bucket_of(now - DAY))
    recent_begin = bucket_of(now - RECENT)
    rows = CallTally.objects.filter(begin__gte=bucket_of(now - DAY))
    for begin, provider, model, text in rows.values_list("begin", "provider", "model", "packed"):
        add_packed(day[provider, model], text)
        if begin >= recent_begin:
            add_packed(recent[provider, model], text)
    untallied = counted(tallied)
    for key, tally in untallied.items():
        day[key].add(tally)
    for key, tally in (untallied if tallied >= recent_begin else counted(recent_begin)).items():
        recent[key].add(tally)
    failing = [key for key, tally in recent.items() if _may_rest(tally)]
    models = sorted(
        (
            ModelHealth(*key, recent[key], tally, rests=key in failing and _rests(*key, now))
            for key, tally in day.items()
        ),
        key=lambda model: (
            ("down", "shaky", "ok", "quiet").index(model.verdict),
            -model.day.calls,
            model.name,
        ),
    )
    return Health(now, tuple(models), summed(recent.values()), summed(day.values()))


def _rule() -> BreakerRule:
    return BreakerRule(**dict[str, Any](settings.AI_BREAKER))


def _may_rest(tally: Tally) -> bool:
    return sum(tally.errors[kind.value] for kind in COUNTED) >= _rule().faults


def _rests(provider: str, model: str, now: datetime) -> bool:
    """Whether a breaker that saw what the ledger saw would be open. Each process has its own, so this is the likely one."""
    rows = ModelCall.objects.filter(at__gte=now - REPLAY, provider=provider, model=model).exclude(
        outcome="cached"
    )
    ends = sorted(
        (at.timestamp() + latency / 1000, outcome, error)
        for at, latency, outcome, error in rows.order_by("-at").values_list(
            "at", "latency_ms", "outcome", "error_class"
        )[:MOST_REPLAYED]
    )
    clock = [0.0]
    breaker = Breaker(_rule(), lambda: clock[0])
    for end, outcome, error in ends:
        clock[0] = end
        if outcome != "error":
            breaker.succeeded()
        elif error in set(FaultKind):
            breaker.failed(FaultKind(error))
    clock[0] = now.timestamp()
    return breaker.state is State.OPEN
