"""Counting quotas and budgets: many takes in one transaction, none of them twice.

A `Book` lives for one transaction that holds the books' lock (`locked_now`), reads the counters it needs once,
decides in memory by quota_rules, and writes what changed. So two processes can never both take the last unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from time import monotonic, time
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from vitrina.accounts.budget import monthly_budget
from vitrina.accounts.quick_sql import QuickCursor
from vitrina.accounts.quota_rules import NANO, Counter, Limit, Limits, budget_refusal, counters, refusal

_LOCK = 0x76697472  # one advisory lock for all counting of an installation
_PLANS_FRESH_SECONDS = 5.0


@dataclass(frozen=True)
class Taker:
    """Whose counters are touched."""

    seller_id: int | None
    user_id: int | None
    feature: str


@dataclass(frozen=True)
class Taken:
    """What a take changed, so that it can be settled or given back."""

    calls: tuple[str, ...]
    money: tuple[str, ...]
    nano_usd: int


def locked_now(cursor: Any) -> float:
    """Wait for the books' lock of this transaction; the database's time in unix seconds.

    SQLite's IMMEDIATE transaction is that lock already, and its clock is this machine's.
    """
    if connection.vendor != "postgresql":
        return time()
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
    return float(cursor.fetchone()[0])


class Book:
    """The counters of one transaction. Costs a query per new seller, one for the counters and one to write."""

    def __init__(self, cursor: QuickCursor, now: float) -> None:
        self._cursor = cursor
        self._now = datetime.fromtimestamp(now, UTC)
        self._zone = timezone.get_default_timezone()
        self._used: dict[str, int] = {}
        self._changes: dict[str, int] = defaultdict(int)

    def open(self, takers: Iterable[Taker]) -> dict[Taker, tuple[tuple[Counter, ...], tuple[Counter, ...]]]:
        """Read all that these takers' decisions need."""
        takers = set(takers)
        plans = _plans({taker.seller_id for taker in takers if taker.seller_id is not None})
        budget = monthly_budget()
        found = {
            taker: counters(
                seller_id=taker.seller_id,
                user_id=taker.user_id,
                feature=taker.feature,
                limits=Limits(plans.get(taker.seller_id, {}) if taker.seller_id is not None else {}, budget),
                now=self._now,
                zone=self._zone,
            )
            for taker in takers
        }
        self._read(
            counter.key for pair in found.values() for side in pair for counter in side if counter.limit
        )
        return found

    def take(self, sides: tuple[tuple[Counter, ...], tuple[Counter, ...]], nano_usd: int) -> Taken | Limit:
        """One call and the most it may cost, or the limit that forbids it."""
        calls, money = sides
        limit = refusal(calls, self._used, 1) or budget_refusal(money, self._used, nano_usd)
        if limit is not None:
            return limit
        taken = Taken(tuple(c.key for c in calls), tuple(c.key for c in money), nano_usd)
        self._add(taken.calls, 1)
        self._add(taken.money, nano_usd)
        return taken

    def settle(self, taken: Taken, *, used_nano_usd: int | None, keep_call: bool) -> None:
        """The real cost instead of the reserved one; the call is given back where nothing was answered."""
        self._add(taken.money, (used_nano_usd or 0) - taken.nano_usd)
        if not keep_call:
            self._add(taken.calls, -1)

    def used(self, key: str) -> int:
        """Of a counter that was opened, with what this book took."""
        return self._used.get(key, 0)

    def write(self) -> None:
        rows = sorted((key, amount) for key, amount in self._changes.items() if amount)
        if rows:
            # greatest/max differ between the databases; a CASE reads the same on both.
            self._cursor.executemany(
                "INSERT INTO accounts_usagecounter (key, used) VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET used = "
                "CASE WHEN accounts_usagecounter.used + excluded.used < 0 THEN 0"
                " ELSE accounts_usagecounter.used + excluded.used END",
                rows,
            )
        self._changes.clear()

    def _add(self, keys: Sequence[str], amount: int) -> None:
        for key in keys:
            self._changes[key] += amount
            self._used[key] = self._used.get(key, 0) + amount

    def _read(self, keys: Iterable[str]) -> None:
        missing = sorted(set(keys) - self._used.keys())
        for start in range(0, len(missing), 500):
            part = missing[start : start + 500]
            self._cursor.execute(
                f"SELECT key, used FROM accounts_usagecounter WHERE key IN ({','.join(['%s'] * len(part))})",  # noqa: S608 - only placeholders
                part,
            )
            self._used.update(dict.fromkeys(part, 0) | dict(self._cursor.fetchall()))


def take(taker: Taker, *, nano_usd: int = 0) -> Taken | Limit:
    """Take one call on its own, in a transaction of its own or the caller's."""
    with transaction.atomic(), connection.cursor() as cursor:
        book = Book(QuickCursor(cursor), locked_now(cursor))
        sides = book.open([taker])[taker]
        taken = book.take(sides, nano_usd)
        book.write()
        return taken


def settle(taken: Taken, *, cost: Decimal | None, keep_call: bool = True) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        book = Book(QuickCursor(cursor), locked_now(cursor))
        used = None if cost is None else int((cost * NANO).to_integral_value())
        book.settle(taken, used_nano_usd=used, keep_call=keep_call)
        book.write()


def usage(taker: Taker) -> dict[str, tuple[int, int | None]]:
    """What was used and what is allowed by counter key; calls as they are, money in nano-dollars."""
    with connection.cursor() as cursor:
        now = time()
        book = Book(QuickCursor(cursor), now)
        calls, money = book.open([taker])[taker]
        book._read(counter.key for counter in calls + money)
        return {c.key: (book._used[c.key], c.limit.most if c.limit else None) for c in calls + money}


@dataclass(frozen=True)
class Budget:
    """A limit of money and what is used of it, in USD. `seller_id` None: the installation's."""

    seller_id: int | None
    most: Decimal
    used: Decimal
    begins_at: datetime
    lifts_at: datetime


def budgets(seller_ids: Iterable[int], *, of_installation: bool) -> list[Budget]:
    """The budgets that hold now. Two queries, however many sellers."""
    takers = [Taker(seller_id, None, "") for seller_id in seller_ids]
    with connection.cursor() as cursor:
        book = Book(QuickCursor(cursor), time())
        found = book.open([*takers, Taker(None, None, "")])
    made: dict[str, Budget] = {}
    for taker, (_calls, money) in found.items():
        for counter in money:
            of_seller = taker.seller_id if counter.key.startswith("seller:") else None
            if counter.limit is None or (of_seller is None and not of_installation):
                continue
            limit = counter.limit
            stamp = counter.key.rsplit("|", 1)[1]  # "2026-11", or a day
            begins = datetime.fromisoformat(f"{stamp}-01"[:10]).replace(tzinfo=limit.lifts_at.tzinfo)
            made[counter.key] = Budget(
                of_seller, limit.most / NANO, book.used(counter.key) / NANO, begins, limit.lifts_at
            )
    return [made[key] for key in sorted(made)]


_known_plans: dict[int, tuple[float, dict[str, Any]]] = {}


def _plans(seller_ids: set[int]) -> dict[int, dict[str, Any]]:
    """The plans' limits by seller, at most a few seconds old: a changed plan holds soon, spent amounts stay."""
    from vitrina.accounts.models import Seller

    now = monotonic()
    stale = [
        i for i in seller_ids if i not in _known_plans or now - _known_plans[i][0] > _PLANS_FRESH_SECONDS
    ]
    if stale:
        if len(_known_plans) > 10_000:
            _known_plans.clear()
        found = dict(Seller.objects.filter(pk__in=stale).values_list("pk", "plan__limits"))
        for seller_id in stale:
            limits = found.get(seller_id)
            _known_plans[seller_id] = (now, limits if isinstance(limits, dict) else {})
    return {i: _known_plans[i][1] for i in seller_ids if i in _known_plans}


def forget_plans() -> None:
    """Read the plans anew at the next take."""
    _known_plans.clear()
