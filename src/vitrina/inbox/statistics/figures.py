"""The numbers of a time, added up from tallies. Pure. A share of nothing is None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Self, TypeVar

from vitrina.inbox.priority import Priority
from vitrina.inbox.statistics.slots import percentile

GOAL_READY = 0.8  # of the urgent and high ones that are opened
GOAL_SHOWN_MS = 100
PRESSING = (Priority.URGENT, Priority.HIGH)


@dataclass
class Sum:
    """Its fields are added up one by one."""

    def add(self, other: Self) -> None:
        for name in self.names():
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(one.name for one in fields(cls))


Added = TypeVar("Added", bound=Sum)


@dataclass
class Work(Sum):
    """What came in and what was done about it; see `models.ChannelTally`."""

    arrived: int = 0
    visited: int = 0
    ready: int = 0
    answered: int = 0
    due: int = 0
    in_time: int = 0

    @property
    def ready_share(self) -> float | None:
        return _share(self.ready, self.visited)

    @property
    def in_time_share(self) -> float | None:
        return _share(self.in_time, self.due)


@dataclass
class Drafts(Sum):
    """How drafts came about; see `models.Outcome`. `cost`: USD of those with a known price, `unpriced` had none."""

    by_model: int = 0
    from_cache: int = 0
    failed: int = 0
    offline: int = 0
    cost: Decimal = Decimal(0)
    unpriced: int = 0

    @property
    def made(self) -> int:
        return self.by_model + self.from_cache + self.failed + self.offline


@dataclass
class Reception(Sum):
    """What became of drafts; see `comparing.Verdict`. Of the edited ones: the words changed, and the shares of them."""

    as_it_was: int = 0
    edited: int = 0
    discarded: int = 0
    words_changed: int = 0
    share_changed: float = 0.0

    @property
    def decided(self) -> int:
        return self.as_it_was + self.edited + self.discarded

    @property
    def accepted_share(self) -> float | None:
        return _share(self.as_it_was, self.decided)

    @property
    def edited_share(self) -> float | None:
        return _share(self.edited, self.decided)

    @property
    def discarded_share(self) -> float | None:
        return _share(self.discarded, self.decided)

    @property
    def mean_words(self) -> float | None:
        return _share(self.words_changed, self.edited)

    @property
    def mean_share(self) -> float | None:
        return _share(self.share_changed, self.edited)


@dataclass(frozen=True)
class Times:
    """Durations in the unit of their clock, as exact as a slot is wide; None where nothing was timed."""

    count: int
    p50: float | None
    p95: float | None

    @classmethod
    def of(cls, slots: Mapping[int, int]) -> Times:
        return cls(sum(slots.values()), percentile(slots, 0.5), percentile(slots, 0.95))


@dataclass
class Day:
    """`kinds`: by kind of interaction; one of which there was nothing is left out."""

    kinds: dict[str, Work] = field(default_factory=dict)
    drafts: Drafts = field(default_factory=Drafts)
    reception: Reception = field(default_factory=Reception)

    def of_kind(self, kind: str) -> Work:
        return self.kinds.get(kind) or Work()

    @property
    def work(self) -> Work:
        return summed(Work(), self.kinds.values())

    def add(self, other: Day) -> Day:
        for kind, work in other.kinds.items():
            self.kinds.setdefault(kind, Work()).add(work)
        self.drafts.add(other.drafts)
        self.reception.add(other.reception)
        return self


@dataclass(frozen=True)
class Figures:
    """All of a time. What there was nothing of is left out everywhere. `channels`: by platform and kind; `times`: by `Clock`."""

    days: dict[date, Day]
    channels: dict[tuple[str, str], Work]
    priorities: dict[int, Work]
    intents: dict[str, Reception]
    prompts: dict[str, Reception]
    times: dict[str, Times]

    @property
    def work(self) -> Work:
        return summed(Work(), self.priorities.values())

    @property
    def pressing(self) -> Work:
        return summed(Work(), (self.priorities[one] for one in PRESSING if one in self.priorities))

    @property
    def drafts(self) -> Drafts:
        return summed(Drafts(), (day.drafts for day in self.days.values()))

    @property
    def reception(self) -> Reception:
        return summed(Reception(), self.intents.values())

    def timed(self, clock: str) -> Times:
        return self.times.get(clock) or Times.of({})

    def __bool__(self) -> bool:
        return bool(self.days or self.times)


def summed(whole: Added, parts: Iterable[Added]) -> Added:
    for part in parts:
        whole.add(part)
    return whole


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
