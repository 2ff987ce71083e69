"""Tallies of the ledger, by five minutes and model: made once from rows that no longer change, read by `health`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Sum
from django.db.models.expressions import RawSQL

from vitrina.engine.core.tallies import LAST_SLOT, SCALE, Tally, packed
from vitrina.engine.models import CallTally, ModelCall

BUCKET = timedelta(minutes=5)
# A row is written when its call ends, with the time of its begin: no attempt lasts longer than this.
SETTLED = timedelta(minutes=3)
LOOK_BACK = timedelta(hours=24)
KEEP = timedelta(days=40)
SHOWN = Decimal("0.000000001")

Key = tuple[datetime, str, str]  # the bucket's begin, provider, model


def bucket_of(moment: datetime) -> datetime:
    seconds = int(moment.timestamp())
    return datetime.fromtimestamp(seconds - seconds % int(BUCKET.total_seconds()), UTC)


def tally_what_is_settled(now: datetime) -> int:
    """Write the tallies of all buckets that ended; returns how many rows are new. Safe to run twice at once."""
    until = bucket_of(now - SETTLED)
    since = max(tallied_until() or now - LOOK_BACK, now - LOOK_BACK)
    rows = [
        CallTally(begin=begin, provider=provider, model=model, packed=packed(tally))
        for (begin, provider, model), tally in _by_bucket(bucket_of(since), until).items()
    ]
    CallTally.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def clear_old(now: datetime) -> int:
    return CallTally.objects.filter(begin__lt=now - KEEP).delete()[0]


def tallied_until() -> datetime | None:
    """The end of the last bucket with a tally. What came after it stands in the ledger alone."""
    last = CallTally.objects.order_by("-begin").values_list("begin", flat=True).first()
    return None if last is None else last + BUCKET


def counted(since: datetime, until: datetime | None = None) -> dict[tuple[str, str], Tally]:
    """Tallies straight from the ledger, by provider and model."""
    found: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for row in _grouped(_calls(since, until), "provider", "model"):
        _count(found[row["provider"], row["model"]], row)
    return dict(found)


def _by_bucket(since: datetime, until: datetime) -> dict[Key, Tally]:
    found: dict[Key, Tally] = defaultdict(Tally)
    begin = since
    while begin < until:
        # One bucket at a time: grouping by a time would sort them all.
        for (provider, model), tally in counted(begin, begin + BUCKET).items():
            found[begin, provider, model] = tally
        begin += BUCKET
    return found


def _calls(since: datetime, until: datetime | None) -> QuerySet[ModelCall]:
    calls = ModelCall.objects.filter(at__gte=since).exclude(provider="").exclude(outcome="cached")
    return calls if until is None else calls.filter(at__lt=until)


def _grouped(calls: QuerySet[ModelCall], *names: str) -> Iterable[dict[str, Any]]:
    rows: Iterable[dict[str, Any]] = (
        calls.annotate(slot=SLOT)
        .values(*names, "outcome", "error_class", "slot")
        .annotate(calls=Count("*"), priced=Count("cost"), money=Sum("cost"))
        .order_by()
    )
    return rows


def _count(tally: Tally, row: dict[str, Any]) -> None:
    tally.calls += row["calls"]
    if row["outcome"] in ("error", "doubt"):
        tally.errors[row["error_class"] or row["outcome"]] += row["calls"]
    else:
        tally.slots[row["slot"]] += row["calls"]
    # SQLite adds decimals as floats: what a sum has beyond the ledger's places is dust.
    tally.cost += Decimal(row["money"] or 0).quantize(SHOWN)
    tally.unpriced += row["calls"] - row["priced"]


def _slot_in_sql() -> str:
    """`tallies.slot`; both databases divide whole numbers to whole numbers."""
    cases, first = "", 0
    for start, to, width in SCALE:
        cases += f"WHEN latency_ms < {to} THEN {first} + (latency_ms - {start}) / {width} "
        first += (to - start) // width
    return f"CASE {cases}ELSE {LAST_SLOT} END"


# Written once: Django takes longer to put these words together than a database to answer.
SLOT = RawSQL(_slot_in_sql(), (), IntegerField())  # noqa: S611 - our own words and numbers
