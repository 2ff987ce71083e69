"""The numbers of a time, from the tallies alone: five queries, however many interactions there were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from vitrina.inbox.statistics import figures
from vitrina.inbox.statistics.figures import Day, Drafts, Figures, Reception, Times, Work
from vitrina.inbox.statistics.models import ChannelTally, DraftTally, TimeTally
from vitrina.inbox.statistics.period import Period

SHOWN = Decimal("0.000001")


def read(sellers: Collection[int], period: Period) -> Figures:
    asked = Q(seller_id__in=sellers, day__gte=period.first, day__lte=period.last)
    channels, drafts = ChannelTally.objects.filter(asked), DraftTally.objects.filter(asked)
    days: dict[Any, Day] = defaultdict(Day)
    for day, kind, *sums in _summed(channels, ("day", "kind"), Work):
        days[day].kinds[kind] = Work(*sums)
    made = len(Drafts.names())
    for day, *sums in _summed(drafts, ("day",), Drafts, Reception):
        days[day].drafts, days[day].reception = Drafts(*sums[:made]), Reception(*sums[made:])
        # SQLite adds decimals as floats: what a sum has beyond the column's places is dust.
        days[day].drafts.cost = days[day].drafts.cost.quantize(SHOWN)
    by_channel: dict[Any, Work] = defaultdict(Work)
    by_priority: dict[int, Work] = defaultdict(Work)
    for platform, kind, priority, *sums in _summed(channels, ("platform", "kind", "priority"), Work):
        by_channel[platform, kind].add(Work(*sums))
        by_priority[priority].add(Work(*sums))
    by_intent: dict[str, Reception] = defaultdict(Reception)
    by_prompt: dict[str, Reception] = defaultdict(Reception)
    for intent, prompt, *sums in _summed(drafts, ("intent", "prompt_version"), Reception):
        if (reception := Reception(*sums)).decided:
            by_intent[intent].add(reception)
            by_prompt[prompt].add(reception)
    slots: dict[str, dict[int, int]] = defaultdict(dict)
    times = TimeTally.objects.filter(asked).values_list("clock", "slot").annotate(Sum("times")).order_by()
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


def _summed(
    rows: QuerySet[Any], names: tuple[str, ...], *kinds: type[figures.Sum]
) -> Iterator[tuple[Any, ...]]:
    """By the columns `names`, which come first; then the sums that these kinds are made of, in their order."""
    sums = {f"all_{name}": Sum(name) for kind in kinds for name in kind.names()}
    yield from rows.order_by().values(*names).annotate(**sums).values_list(*names, *sums)
