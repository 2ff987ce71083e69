"""The numbers of a time, from the tallies alone: six queries, however many interactions there were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from vitrina.inbox.statistics.figures import Added, Day, Drafts, Figures, Reception, Times, Work
from vitrina.inbox.statistics.models import ChannelTally, DraftTally, TimeTally
from vitrina.inbox.statistics.period import Period

SHOWN = Decimal("0.000001")


def read(sellers: Collection[int], period: Period) -> Figures:
    asked = Q(seller_id__in=sellers, day__gte=period.first, day__lte=period.last)
    channels, drafts = ChannelTally.objects.filter(asked), DraftTally.objects.filter(asked)
    days: dict[Any, Day] = defaultdict(Day)
    for (day, kind), work in _grouped(channels, ("day", "kind"), Work):
        days[day].kinds[kind] = work
    for (day,), made in _grouped(drafts, ("day",), Drafts):
        days[day].drafts = made
    for (day,), reception in _grouped(drafts, ("day",), Reception):
        days[day].reception = reception
    by_channel: dict[Any, Work] = defaultdict(Work)
    by_priority: dict[int, Work] = defaultdict(Work)
    for (platform, kind, priority), work in _grouped(channels, ("platform", "kind", "priority"), Work):
        by_channel[platform, kind].add(work)
        by_priority[priority].add(work)
    by_intent: dict[str, Reception] = defaultdict(Reception)
    by_prompt: dict[str, Reception] = defaultdict(Reception)
    for (intent, prompt), reception in _grouped(drafts, ("intent", "prompt_version"), Reception):
        if reception.decided:
            by_intent[intent].add(reception)
            by_prompt[prompt].add(reception)
    times = TimeTally.objects.filter(asked).values_list("clock", "slot").annotate(Sum("times")).order_by()
    slots: dict[str, dict[int, int]] = defaultdict(dict)
    for clock, slot, count in times:
        slots[clock][slot] = count
    return Figures(
        days=dict(days),
        channels=dict(by_channel),
        priorities=dict(by_priority),
        intents=dict(by_intent),
        prompts=dict(by_prompt),
        times={clock: Times.of(found) for clock, found in slots.items()},
    )


def _grouped(
    rows: QuerySet[Any], names: tuple[str, ...], kind: type[Added]
) -> Iterator[tuple[tuple[Any, ...], Added]]:
    sums = {f"all_{name}": Sum(name) for name in kind.names()}
    for row in rows.values(*names).annotate(**sums).order_by():
        found = {name: _exact(row[f"all_{name}"]) for name in kind.names()}
        yield tuple(row[name] for name in names), kind(**found)


def _exact(value: Any) -> Any:
    """SQLite adds decimals as floats: what a sum has beyond the column's places is dust."""
    return value.quantize(SHOWN) if isinstance(value, Decimal) else value
