"""Finding calls in the ledger: a filter as it was typed, and pages by time that are as quick at the end as at the begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date

from vitrina.engine.models import ModelCall, ModelCallQuerySet
from vitrina.jobs.models import Job

OUTCOMES = ("ok", "error", "cached", "doubt", "offline")
MOST_TEXT = 200
EXPORTED_AT_ONCE = 1_000


@dataclass(frozen=True)
class CallFilter:
    """As the address has it: every value is text, empty where it doesn't narrow. What can't be read doesn't narrow."""

    seller: str = ""
    route: str = ""
    provider: str = ""
    model: str = ""
    outcome: str = ""
    fault: str = ""
    since: str = ""
    until: str = ""
    job: str = ""
    cost: str = ""  # at least so many USD

    @classmethod
    def of(cls, given: Mapping[str, str]) -> CallFilter:
        return cls(
            **{
                field.name: given.get(field.name, "")[:MOST_TEXT].replace("\x00", "").strip()
                for field in fields(cls)
            }
        )

    @property
    def is_empty(self) -> bool:
        return self == CallFilter()

    def narrow(self, calls: ModelCallQuerySet) -> ModelCallQuerySet:
        if (seller := _number(self.seller)) is not None:
            calls = calls.filter(seller_id=seller)
        elif self.seller == "none":
            calls = calls.filter(seller=None)
        if (job := _number(self.job)) is not None:
            calls = calls.filter(_of_job(job))
        if self.route:
            calls = calls.filter(route=self.route)
        if self.provider:
            calls = calls.filter(provider=self.provider)
        if self.model:
            calls = calls.filter(model__icontains=self.model)
        if self.outcome == "offline":
            calls = calls.filter(provider="")
        elif self.outcome in OUTCOMES:
            calls = calls.filter(~Q(provider=""), outcome=self.outcome)
        if self.fault:
            calls = calls.filter(error_class=self.fault)
        if (since := _day(self.since)) is not None:
            calls = calls.filter(at__gte=since)
        if (until := _day(self.until)) is not None:
            calls = calls.filter(at__lt=until + timedelta(days=1))
        if (cost := _money(self.cost)) is not None:
            calls = calls.filter(cost__gte=cost)
        return calls


def _of_job(job: int) -> Q:
    """With those of a batch's parts, which is who calls. Calls are kept for longer than jobs."""
    if not Job.objects.filter(parent_id=job).exists():
        return Q(job_id=job)
    # One set of ids: with an OR between the columns of two tables PostgreSQL walks the whole ledger.
    return Q(job_id__in=Job.objects.filter(Q(pk=job) | Q(parent_id=job)).values("pk"))


@dataclass(frozen=True)
class CallSlice:
    """One screenful, newest first. `older` and `newer` go into the address as `before` and `after`."""

    rows: list[ModelCall]
    older: str | None
    newer: str | None


def page(calls: ModelCallQuerySet, given: Mapping[str, str], *, size: int) -> CallSlice:
    """Two queries: the ids by the index alone, then the rows. A broken mark in the address shows the first page."""
    before, after = _mark(given.get("before")), _mark(given.get("after"))
    if after is not None:
        found = _ids(calls.filter(_later(*after)).order_by("at", "id"), size + 1)
        more, shown = len(found) > size, found[:size][::-1]
        return CallSlice(
            _rows(shown),
            older=_as_mark(shown[-1]) if shown else None,
            newer=_as_mark(shown[0]) if more else None,
        )
    if before is not None:
        calls = calls.filter(_earlier(*before))
    found = _ids(calls.order_by("-at", "-id"), size + 1)
    more, shown = len(found) > size, found[:size]
    return CallSlice(
        _rows(shown),
        older=_as_mark(shown[-1]) if more else None,
        newer=_as_mark(shown[0]) if before is not None and shown else None,
    )


def walk(calls: ModelCallQuerySet) -> Iterator[list[ModelCall]]:
    """All of them, newest first, a thousand at a time: no transaction stays open while somebody reads slowly."""
    mark: tuple[datetime, UUID] | None = None
    while True:
        part = calls if mark is None else calls.filter(_earlier(*mark))
        rows = list(part.select_related("seller", "user").order_by("-at", "-id")[:EXPORTED_AT_ONCE])
        if rows:
            yield rows
            mark = (rows[-1].at, rows[-1].pk)
        if len(rows) < EXPORTED_AT_ONCE:
            return


def _ids(calls: ModelCallQuerySet, count: int) -> list[tuple[datetime, UUID]]:
    return list(calls.values_list("at", "id")[:count])


def _rows(shown: list[tuple[datetime, UUID]]) -> list[ModelCall]:
    ids = [pk for _at, pk in shown]
    found = ModelCall.objects.select_related("seller").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _earlier(at: datetime, pk: UUID) -> Q:
    # `at <= …` says in one comparison where the index begins; the rest only parts those of the same moment.
    return Q(at__lte=at) & (Q(at__lt=at) | Q(id__lt=pk))


def _later(at: datetime, pk: UUID) -> Q:
    return Q(at__gte=at) & (Q(at__gt=at) | Q(id__gt=pk))


def _as_mark(place: tuple[datetime, UUID]) -> str:
    at, pk = place
    whole = (at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
    return f"{whole}-{pk.hex}"


def _mark(text: str | None) -> tuple[datetime, UUID] | None:
    whole, _, pk = (text or "").partition("-")
    if not (whole.isascii() and whole.isdigit() and len(whole) < 19 and len(pk) == 32):
        return None
    try:
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(whole)), UUID(hex=pk)
    except (ValueError, OverflowError):
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _money(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < 1_000_000 else None


def _day(text: str) -> datetime | None:
    """The begin of a day of the installation's zone."""
    try:
        day: Any = parse_date(text)
    except ValueError:
        return None
    if day is None or not 1990 <= day.year <= 2200:
        return None
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - aware by the next breath
