"""How many runs ended when, how, and what they cost: days from their tallies, what is younger from the runs.

Two queries for a month, however many runs it had; the runs themselves are read from the index `log_by_end` alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, Sum
from django.utils import timezone

from vitrina.enrichment.models import LIVE, ProcessingLog, RunTally, Status
from vitrina.lib.transactions import short_transaction

KEPT_DAYS = 400
LOOK_BACK = timedelta(days=31)
HOUR = 3600
COLUMNS = ("completed", "moderated", "failed", "cost", "unpriced")
WEIGHED = ("sure", "confidence", "timed", "ms", "tokens_prompt", "tokens_completion")
SUMS = {
    "cost": Sum("cost"),
    "unpriced": Count("*") - Count("cost"),
    "sure": Count("confidence"),
    "confidence": Sum("confidence"),
    "timed": Count("duration_ms"),
    "ms": Sum("duration_ms"),
    "tokens_prompt": Sum("tokens_prompt"),
    "tokens_completion": Sum("tokens_completion"),
}
# A live run with an end failed once and is tried again: it has not ended.
ENDED = tuple(status for status in Status if status not in LIVE)
# What went to a person counts as that, whatever became of it.
MODERATED = (Status.MODERATION, Status.APPROVED, Status.REJECTED, Status.SUPERSEDED)


@dataclass
class Ended:
    """Runs that ended within one hour or day. `cost`: USD of those with a known price; `unpriced` had none."""

    completed: int = 0
    moderated: int = 0
    failed: int = 0
    cost: Decimal = Decimal(0)
    unpriced: int = 0

    @property
    def all(self) -> int:
        return self.completed + self.moderated + self.failed

    def add(self, other: Ended) -> None:
        for name in COLUMNS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Totals:
    """Runs that ended within some days. `cost`: USD of those with a known price; `confidence` (0–1): the sum over the
    `sure` ones, `ms` over the `timed` ones; the others had none."""

    by_status: dict[str, int] = field(default_factory=dict)
    cost: Decimal = Decimal(0)
    unpriced: int = 0
    sure: int = 0
    confidence: float = 0.0
    timed: int = 0
    ms: int = 0
    tokens_prompt: int = 0
    tokens_completion: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Figures by their names, from a tally or a group of runs; what is missing is none."""
        self.cost += Decimal(row["cost"] or 0)
        self.unpriced += row["unpriced"] or 0
        for name in WEIGHED:
            setattr(self, name, getattr(self, name) + (row[name] or 0))

    def count(self, status: str, runs: int) -> None:
        if runs:
            self.by_status[status] = self.by_status.get(status, 0) + runs


@dataclass(frozen=True)
class Ends:
    """`hours` by their begin, `days` by their date in the installation's zone; those without runs are left out."""

    hours: dict[datetime, Ended]
    days: dict[date, Ended]


def read(sellers: Collection[int] | None, *, now: datetime, days: int, hours: int) -> Ends:
    """The last so many days and hours, this one included. `sellers` None: all of them."""
    zone = timezone.get_default_timezone()
    today = now.astimezone(zone).date()
    first_day = today - timedelta(days=days - 1)
    first_hour = _hour_of(now) - timedelta(hours=hours - 1)
    found_days: dict[date, Ended] = defaultdict(Ended)
    rows = RunTally.objects.filter(day__gte=first_day, day__lt=today)
    if sellers is not None:
        rows = rows.filter(seller_id__in=sellers)
    for day, *sums in rows.values_list("day").annotate(*map(Sum, COLUMNS)).order_by():
        found_days[day].add(Ended(*sums))
    untallied = _untallied(first_day)
    found_hours: dict[datetime, Ended] = defaultdict(Ended)
    for hour, ended in _by_hour(min(first_hour, _begin(untallied)), now, sellers):
        day = hour.astimezone(zone).date()
        if day >= untallied:
            found_days[day].add(ended)
        if hour >= first_hour:
            found_hours[hour].add(ended)
    return Ends(dict(found_hours), dict(found_days))


def totals(sellers: Collection[int] | None, *, now: datetime, days: int) -> Totals:
    """The last so many days, this one included, in four queries. `sellers` None: all of them.

    What a person decides on changes its status on a day long over, so those runs are counted as they are now.
    """
    today = now.astimezone(timezone.get_default_timezone()).date()
    first_day = today - timedelta(days=days - 1)
    found = Totals()
    rows = RunTally.objects.filter(day__gte=first_day, day__lt=today)
    if sellers is not None:
        rows = rows.filter(seller_id__in=sellers)
    tallied = rows.aggregate(
        **{name: Sum(name) for name in ("completed", "failed", "cost", "unpriced", *WEIGHED)}
    )
    found.add(tallied)
    found.count(Status.COMPLETED, tallied["completed"] or 0)
    found.count(Status.FAILED, tallied["failed"] or 0)
    fresh = _ended_since(_begin(_untallied(first_day)), ENDED, sellers)
    # A sum may not bear its column's name while others of the query read the column.
    for row in fresh.annotate(**{f"all_{name}": sums for name, sums in SUMS.items()}):
        found.add({name: row[f"all_{name}"] for name in SUMS})
        if row["status"] not in MODERATED:
            found.count(row["status"], row["runs"])
    for row in _ended_since(_begin(first_day), MODERATED, sellers):
        found.count(row["status"], row["runs"])
    return found


def tally_days_over(now: datetime) -> int:
    """Write the tallies of the days that are over and have none; returns how many days. Safe to run twice at once."""
    zone = timezone.get_default_timezone()
    today = now.astimezone(zone).date()
    tallied = _tallied_until()
    first = max(tallied + timedelta(days=1), today - LOOK_BACK) if tallied else today - LOOK_BACK
    if first >= today:
        return 0
    found: dict[tuple[date, int], RunTally] = {}
    for hour, seller, status, sums in _by_hour_and_seller(_begin(first), _begin(today)):
        day = hour.astimezone(zone).date()
        tally = found.setdefault((day, seller), RunTally(day=day, seller_id=seller))
        ended = _ended(status, sums["runs"], sums["cost"] or 0, sums["priced"])
        for name in COLUMNS:
            setattr(tally, name, getattr(tally, name) + getattr(ended, name))
        for name in WEIGHED:
            setattr(tally, name, getattr(tally, name) + (sums[name] or 0))
    with short_transaction():
        RunTally.objects.bulk_create([found[key] for key in sorted(found)], ignore_conflicts=True)
    RunTally.objects.filter(day__lt=today - timedelta(days=KEPT_DAYS)).delete()
    return len({day for day, _seller in found})


def _by_hour(
    since: datetime, now: datetime, sellers: Collection[int] | None
) -> Iterable[tuple[datetime, Ended]]:
    """One search of the index of ends for each hour and status: to group by the hour, a database sorts the runs, and
    that takes several times as long as reading them. `since`: where an hour begins.

    The plus before the column keeps SQLite on that index.
    """
    if sellers is not None and not sellers:
        return
    begins = [since.astimezone(UTC)]
    while begins[-1] + timedelta(seconds=HOUR) <= now:
        begins.append(begins[-1] + timedelta(seconds=HOUR))
    params: list[Any] = []
    for begin in begins:
        params += [_moment(begin), _moment(begin + timedelta(seconds=HOUR))]
    hours = ", ".join(f"({number}, %s, %s)" for number in range(len(begins)))
    statuses = ", ".join(["(%s)"] * len(ENDED))
    params += map(str, ENDED)
    of_sellers = ""
    if sellers is not None:
        of_sellers = f"AND +run.seller_id IN ({', '.join(['%s'] * len(sellers))})"
        params += sorted(sellers)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH hours (number, since, until) AS (VALUES {hours}), endings (status) AS (VALUES {statuses}) "  # noqa: S608 - our own words and numbers
            "SELECT number, status, (SELECT count(*) || ' ' || coalesce(sum(cost), 0) || ' ' || count(cost) "
            "FROM enrichment_processinglog AS run WHERE run.status = endings.status "
            f"AND run.finished_at >= hours.since AND run.finished_at < hours.until {of_sellers}) "
            "FROM hours CROSS JOIN endings",
            params,
        )
        rows = cursor.fetchall()
    for number, status, sums in rows:
        count, cost, priced = sums.split()
        if int(count):
            yield begins[number], _ended(status, int(count), cost, int(priced))


def _by_hour_and_seller(
    since: datetime, until: datetime
) -> Iterable[tuple[datetime, int, str, dict[str, Any]]]:
    """By hand: Django would truncate each row's time in Python."""
    seconds = (
        "CAST(strftime('%%s', finished_at) AS INTEGER)"
        if connection.vendor == "sqlite"
        else "CAST(floor(extract(epoch FROM finished_at)) AS bigint)"
    )
    # Where a zone stands half an hour aside, its hours begin at that half.
    aside = int((timezone.localtime(since).utcoffset() or timedelta(0)).total_seconds()) % HOUR
    names = ("runs", "cost", "priced", *WEIGHED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ({seconds} + {aside}) / {HOUR} AS hour, seller_id, status, count(*), sum(cost), count(cost), "  # noqa: S608 - our own words and numbers
            "count(confidence), sum(confidence), count(duration_ms), sum(duration_ms), "
            "sum(tokens_prompt), sum(tokens_completion) "
            # Every status is named because the index of ends begins with it.
            f"FROM enrichment_processinglog WHERE status IN ({', '.join(['%s'] * len(ENDED))}) "
            "AND finished_at >= %s AND finished_at < %s GROUP BY 1, 2, 3",
            [*map(str, ENDED), _moment(since), _moment(until)],
        )
        rows = cursor.fetchall()
    for number, seller, status, *sums in rows:
        hour = datetime.fromtimestamp(number * HOUR - aside, UTC)
        yield hour, seller, status, dict(zip(names, sums, strict=True))


def _ended_since(since: datetime, statuses: Collection[str], sellers: Collection[int] | None) -> Any:
    """How many runs with each of these statuses ended since then, as {"status", "runs"}."""
    # Every status is named because the index of ends begins with it.
    logs = ProcessingLog.objects.filter(status__in=list(statuses), finished_at__gte=since)
    if sellers is not None:
        # The sum hides the column from the planner: it would seek by seller and read every row, instead of by time in
        # the index of ends, which has all that is asked for.
        logs = logs.alias(whose=F("seller_id") + 0).filter(whose__in=sellers)
    return logs.order_by().values("status").annotate(runs=Count("*"))


def _ended(status: str, count: int, cost: Any, priced: int) -> Ended:
    ended = Ended(
        # SQLite adds decimals as floats: what a sum has beyond the column's places is dust.
        cost=Decimal(str(cost)).quantize(Decimal("0.000001")),
        unpriced=count - priced,
    )
    name = "moderated" if status in MODERATED else "failed" if status == Status.FAILED else "completed"
    setattr(ended, name, count)
    return ended


def _tallied_until() -> date | None:
    last: date | None = RunTally.objects.aggregate(last=Max("day"))["last"]
    return last


def _untallied(first_day: date) -> date:
    """The first of the days that are to be read from the runs."""
    tallied = _tallied_until()
    return max(first_day, tallied + timedelta(days=1)) if tallied else first_day


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


def _hour_of(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
