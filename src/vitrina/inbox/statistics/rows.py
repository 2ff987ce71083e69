"""The figures of a time as a page and a file show them: a row for each step, channel, priority, intent and prompt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vitrina.channels.ports import Kind
from vitrina.inbox.knowing import prompt_version
from vitrina.inbox.models import PRIORITIES
from vitrina.inbox.queue_filter import platform_name
from vitrina.inbox.statistics.asking import Wanted
from vitrina.inbox.statistics.figures import Day, Figures, Reception
from vitrina.inbox.statistics.words import INTENTS, KINDS, OUTCOMES


@dataclass(frozen=True)
class Step:
    """`label` stands under a chart and at the head of its table's row; `arrived` and `answered` are in the order of
    `KINDS`, `drafted` in that of `OUTCOMES`."""

    label: str
    arrived: list[int]
    answered: list[int]
    drafted: list[int]
    cost: Decimal

    @classmethod
    def of(cls, label: str, day: Day) -> Step:
        kinds = [day.of_kind(kind) for kind in KINDS]
        return cls(
            label,
            arrived=[work.arrived for work in kinds],
            answered=[work.answered for work in kinds],
            drafted=[getattr(day.drafts, outcome) for outcome in OUTCOMES],
            cost=day.drafts.cost,
        )


@dataclass(frozen=True)
class Line:
    """`query`: the part of the inbox that it is about, as it stands in an address."""

    words: str
    figures: Any
    query: str = ""
    is_present: bool = False  # of a prompt: the one that drafts are made from now


def steps(figures: Figures, wanted: Wanted) -> list[Step]:
    found = []
    for days in wanted.period.steps:
        whole = Day()
        for day in days:
            if day in figures.days:
                whole.add(figures.days[day])
        label = formats.date_format(days[0], "j b")
        found.append(Step.of(label.lower() if get_language() == "ru" else label, whole))
    return found


def by_priority(figures: Figures, wanted: Wanted) -> list[Line]:
    return [
        Line(str(words), figures.priorities[priority], _of_inbox(wanted, priority=int(priority)))
        for priority, words in PRIORITIES.items()
        if priority in figures.priorities
    ]


def by_channel(figures: Figures, wanted: Wanted) -> list[Line]:
    """Those with the most first."""
    found = [
        Line(
            f"{platform_name(platform)}: {str(KINDS.get(Kind(kind), kind)).lower()}",
            work,
            _of_inbox(wanted, platform=platform, kind=kind),
        )
        for (platform, kind), work in figures.channels.items()
    ]
    return sorted(found, key=lambda line: (-line.figures.arrived, -line.figures.answered, line.words))


def by_intent(figures: Figures) -> list[Line]:
    return _most_first(Line(str(INTENTS.get(name, name)), one) for name, one in figures.intents.items())


def by_prompt(figures: Figures) -> list[Line]:
    now = prompt_version()
    return _most_first(
        Line(name or _("offline generator"), one, is_present=name == now)
        for name, one in figures.prompts.items()
    )


def _most_first(lines: Iterable[Line]) -> list[Line]:
    def decided(line: Line) -> int:
        reception: Reception = line.figures
        return reception.decided

    return sorted(lines, key=lambda line: (-decided(line), line.words))


def _of_inbox(wanted: Wanted, **asked: object) -> str:
    return urlencode({"state": "all"} | asked | wanted.of_seller)
