# ruff: noqa: S608 - only names of columns and placeholders are put into these texts
"""Many store operations in one transaction, by a handful of statements: what makes a call's book-keeping cheap.

Raw SQL that reads the same on SQLite and PostgreSQL: at hundreds of calls a second the ORM's cost per row would be the
largest part of a call. The books' lock (accounts.quotas) makes the batches of all processes follow one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from vitrina.accounts.quick_sql import QuickCursor
from vitrina.accounts.quota_rules import Limit
from vitrina.accounts.quotas import Book, Taken, Taker, locked_now
from vitrina.engine.core.exchanges import pack
from vitrina.engine.core.ports import (
    Begin,
    Begun,
    Busy,
    CallRow,
    Discard,
    Finish,
    Go,
    Hit,
    Hold,
    Miss,
    Operation,
    QuotaAsk,
    Record,
    Refused,
    Result,
    Stored,
    Wait,
)
from vitrina.engine.owner import is_dead
from vitrina.lib.rates import decide, settled
from vitrina.lib.transactions import short_transaction

_CALL_COLUMNS = (
    "id", "at", "kind", "generator", "route", "provider", "model", "outcome", "error_class", "status", "attempt", "is_repair",
    "is_estimated", "tokens_prompt", "tokens_completion", "tokens_cached", "tokens_total", "cost", "latency_ms",
    "first_token_ms", "prompt_version", "request_id", "seller_id", "user_id", "job_id",
)  # fmt: skip

_INSERT_CALL = (
    f"INSERT INTO engine_modelcall ({', '.join(_CALL_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_CALL_COLUMNS))})"
    " ON CONFLICT (id) DO NOTHING"
)
_ANSWER_COLUMNS = (
    "key", "is_done", "owner", "lease_until", "expires_at", "call", "raw", "finish", "tokens_prompt", "tokens_completion", "cost",
)  # fmt: skip
_WRITE_ANSWER = (
    f"INSERT INTO engine_storedanswer ({', '.join(_ANSWER_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_ANSWER_COLUMNS))})"
    " ON CONFLICT (key) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _ANSWER_COLUMNS[1:])
)
_KEEP_EXCHANGE = (
    "INSERT INTO engine_exchange (call_id, at, packed) VALUES (%s, %s, %s) ON CONFLICT (call_id) DO NOTHING"
)
_READ_ANSWERS = f"SELECT {', '.join(_ANSWER_COLUMNS)} FROM engine_storedanswer WHERE key IN (%s)"


def execute(operations: Sequence[Operation], owner: str) -> list[Result]:
    """The results in the order of the operations; all of them are written, or the error of the transaction leaves."""
    with short_transaction(), connection.cursor() as cursor:
        return _Batch(QuickCursor(cursor), locked_now(cursor), owner).run(operations)


def write_doubts(cursor: Any, calls: Iterable[Any]) -> None:
    """Ledger lines for intents whose process died; `calls` as they were kept in the intents."""
    rows = [_call_row(_doubtful(call)) for call in calls]
    if rows:
        cursor.executemany(_INSERT_CALL, rows)


class _Batch:
    def __init__(self, cursor: QuickCursor, now: float, owner: str) -> None:
        self._cursor = cursor
        self._now = now
        self._owner = owner
        self._book = Book(cursor, now)
        self._answers: dict[str, _Answer] = {}
        self._changed: dict[str, _Answer] = {}
        self._released: list[tuple[str, str]] = []
        self._calls: list[CallRow] = []
        self._exchanges: list[tuple[Any, Any, bytes]] = []
        self._tats: dict[str, float] = {}
        self._changed_tats: dict[str, float] = {}

    def run(self, operations: Sequence[Operation]) -> list[Result]:
        begins = [operation for operation in operations if isinstance(operation, Begin)]
        self._read_answers({key for begin in begins for key in begin.keys})
        self._read_rates(operations)
        sides = self._book.open({_taker(begin.quota) for begin in begins if begin.quota is not None})
        # Ends first: what they give back and store may serve the beginnings of the same moment.
        for operation in operations:
            if isinstance(operation, Finish):
                self._finish(operation)
        results: list[Result] = []
        for operation in operations:
            if isinstance(operation, Begin):
                results.append(self._begin(operation, sides))
                continue
            if isinstance(operation, Record):
                self._calls.extend(operation.calls)
            elif isinstance(operation, Discard):
                self._discard(operation)
            results.append(None)
        self._write()
        return results

    def _begin(self, begin: Begin, sides: Any) -> Begun:
        for key in begin.keys:
            answer = self._answers.get(key)
            if answer is not None and answer.is_done and answer.expires_at > self._now:
                return Hit(answer.stored())
        if begin.only_look:
            return Miss()
        for key in begin.keys:
            answer = self._answers.get(key)
            if answer is None or answer.is_done:
                continue
            if answer.lease_until > self._now and not is_dead(answer.owner):
                return Busy(answer.lease_until - self._now)
            # Its process died between the intent and the end: whether it paid nobody knows, so the ledger says
            # so, and what it had reserved stays counted.
            self._calls.append(_doubtful(answer.call))
            self._released.append((key, answer.owner))
            self._answers.pop(key)
        if begin.rates:
            wait, tats = decide(begin.rates, self._tats, self._now)
            if wait:
                tightest = max(begin.rates, key=lambda ask: self._tats.get(ask.rate.key, 0.0)).rate
                return Wait(wait, tightest.key, tightest.per_minute)
        else:
            tats = {}
        hold = Hold()
        if begin.quota is not None:
            calls, money = sides[_taker(begin.quota)]
            taken = self._book.take((calls if begin.quota.counts_call else (), money), begin.quota.nano_usd)
            if isinstance(taken, Limit):
                return Refused(taken.name, taken.value, taken.lifts_at)
            hold = Hold(taken.calls, taken.money, taken.nano_usd)
        self._tats.update(tats)
        self._changed_tats.update(tats)
        intent = _Answer(
            begin.key, False, self._owner, self._now + begin.lease_seconds, 0.0, _call_json(begin.call)
        )
        self._answers[begin.key] = self._changed[begin.key] = intent
        return Go(hold)

    def _finish(self, finish: Finish) -> None:
        self._calls.extend(finish.calls)
        if finish.question and finish.calls:
            call = finish.calls[-1]
            packed = pack(finish.question, finish.stored.raw if finish.stored else "", finish.words)
            self._exchanges.append((_uuid(call.id), _moment(call.at), packed))
        self._book.settle(
            Taken(finish.hold.call_counters, finish.hold.money_counters, finish.hold.nano_usd),
            used_nano_usd=finish.used_nano_usd,
            keep_call=finish.stored is not None,
        )
        for ask, used in finish.rates:
            if ask.rate.key in self._tats:
                tat = settled(ask.rate, self._tats[ask.rate.key], reserved=ask.units, used=used)
                self._tats[ask.rate.key] = self._changed_tats[ask.rate.key] = tat
        if finish.stored is None:
            self._answers.pop(finish.key, None)
            self._released.append((finish.key, self._owner))
            return
        for key in (finish.key, *finish.also_under):
            answer = _Answer(
                key,
                True,
                self._owner,
                0.0,
                self._now + finish.ttl_seconds,
                "{}",
                finish.stored.raw,
                finish.stored.finish,
                finish.stored.tokens_prompt,
                finish.stored.tokens_completion,
                finish.stored.cost,
            )
            self._answers[key] = self._changed[key] = answer

    def _discard(self, discard: Discard) -> None:
        self._cursor.executemany(
            "UPDATE engine_storedanswer SET expires_at = %s WHERE key = %s AND is_done",
            [(self._now + discard.seconds, key) for key in discard.keys],
        )

    def _read_answers(self, keys: Iterable[str]) -> None:
        wanted = sorted(keys)
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            self._cursor.execute(_READ_ANSWERS % ",".join(["%s"] * len(part)), part)
            for row in self._cursor.fetchall():
                self._answers[row[0]] = _Answer(*row)

    def _read_rates(self, operations: Sequence[Operation]) -> None:
        keys: set[str] = set()
        for operation in operations:
            if isinstance(operation, Begin):
                keys.update(ask.rate.key for ask in operation.rates)
            elif isinstance(operation, Finish):
                keys.update(ask.rate.key for ask, _ in operation.rates)
        if keys:
            wanted = sorted(keys)
            self._cursor.execute(
                f"SELECT key, tat FROM engine_ratestate WHERE key IN ({','.join(['%s'] * len(wanted))})",
                wanted,
            )
            self._tats.update(self._cursor.fetchall())

    def _write(self) -> None:
        released = [(key, owner) for key, owner in self._released if key not in self._changed]
        if released:
            # Only what is still held by the one who let go: another process may have taken it over since.
            self._cursor.executemany(
                "DELETE FROM engine_storedanswer WHERE key = %s AND NOT is_done AND owner = %s", released
            )
        if self._changed:
            self._cursor.executemany(_WRITE_ANSWER, [answer.row() for answer in self._changed.values()])
        if self._changed_tats:
            self._cursor.executemany(
                "INSERT INTO engine_ratestate (key, tat) VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET tat = excluded.tat",
                sorted(self._changed_tats.items()),
            )
        self._book.write()
        if self._calls:
            self._cursor.executemany(_INSERT_CALL, [_call_row(call) for call in self._calls])
        if self._exchanges:
            self._cursor.executemany(_KEEP_EXCHANGE, self._exchanges)


class _Answer:
    """A row of stored answers in memory."""

    __slots__ = (*_ANSWER_COLUMNS,)

    def __init__(
        self,
        key: str,
        is_done: bool,
        owner: str,
        lease_until: float,
        expires_at: float,
        call: str,
        raw: str = "",
        finish: str = "",
        tokens_prompt: int = 0,
        tokens_completion: int = 0,
        cost: Decimal | float | None = None,
    ) -> None:
        self.key = key
        self.is_done = bool(is_done)
        self.owner = owner
        self.lease_until = lease_until
        self.expires_at = expires_at
        self.call = call
        self.raw = raw
        self.finish = finish
        self.tokens_prompt = tokens_prompt
        self.tokens_completion = tokens_completion
        self.cost = cost

    def stored(self) -> Stored:
        cost = None if self.cost is None else Decimal(str(self.cost))
        return Stored(self.key, self.raw, self.finish, self.tokens_prompt, self.tokens_completion, cost)

    def row(self) -> tuple[Any, ...]:
        return (
            self.key, self.is_done, self.owner, self.lease_until, self.expires_at, self.call, self.raw, self.finish,
            self.tokens_prompt, self.tokens_completion, _decimal(self.cost),
        )  # fmt: skip


def _taker(quota: QuotaAsk) -> Taker:
    return Taker(quota.seller_id, quota.user_id, quota.feature)


def _call_row(call: CallRow) -> tuple[Any, ...]:
    total = None
    if call.tokens_prompt is not None:
        total = call.tokens_prompt + (call.tokens_completion or 0)
    return (
        _uuid(call.id), _moment(call.at), call.kind, call.generator, call.route, call.provider, call.model, call.outcome,
        call.error_class, call.status, call.attempt, call.is_repair, call.is_estimated, call.tokens_prompt, call.tokens_completion,
        call.tokens_cached, total, _decimal(call.cost), call.latency_ms, call.first_token_ms, call.prompt_version,
        call.request_id, call.seller_id, call.user_id, call.job_id,
    )  # fmt: skip


def _call_json(call: CallRow) -> str:
    return orjson.dumps(call, default=str).decode()


def _doubtful(call: Any) -> CallRow:
    """The ledger's row for a call whose end nobody saw: tokens and cost unknown."""
    values = dict(orjson.loads(call)) if isinstance(call, str | bytes) else dict(call)
    return CallRow(**values | {"id": UUID(str(values["id"])), "outcome": "doubt", "cost": None})


# How the two databases want what their drivers don't convert alike.


@cache
def _is_postgresql() -> bool:
    """One process, one database; Django's way to ask it costs more than writing the value."""
    return connection.vendor == "postgresql"


def _uuid(value: UUID) -> Any:
    return value if _is_postgresql() else value.hex


def _moment(unix: float) -> Any:
    moment = datetime.fromtimestamp(unix, UTC)
    return moment if _is_postgresql() else moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _decimal(value: Decimal | float | None) -> Any:
    return value if value is None or _is_postgresql() else f"{value:f}"
