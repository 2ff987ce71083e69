"""Adding up what happens, in the transaction in which it happens: so the tallies hold exactly what the rows hold.

Call it last in that transaction. A tally's row is everybody's, and whoever adds to it holds it until they commit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from vitrina.inbox.models import Draft, Interaction, Reply
from vitrina.inbox.statistics.comparing import Verdict
from vitrina.inbox.statistics.feedback import Feedback
from vitrina.inbox.statistics.models import ChannelTally, Clock, DraftTally, Outcome, TimeTally, Visit
from vitrina.inbox.statistics.slots import slot

Tally = type[ChannelTally] | type[DraftTally] | type[TimeTally]
Amounts = Mapping[str, int | float | Decimal]


def day_of(at: datetime) -> date:
    return at.astimezone(timezone.get_default_timezone()).date()


def arrived(rows: Iterable[tuple[Interaction, datetime]]) -> None:
    """Words of buyers that want an answer, each with when they were written. One statement."""
    counted = Counter(_channel(row, at) for row, at in rows)
    _add(ChannelTally, {key: {"arrived": count} for key, count in counted.items()})


def drafted(draft: Draft, outcome: Outcome) -> None:
    amounts: Amounts = {
        outcome.value: 1,
        "cost": draft.cost or Decimal(0),
        # The offline writer costs nothing, whatever its row says.
        "unpriced": int(draft.cost is None and outcome in (Outcome.BY_MODEL, Outcome.FAILED)),
    }
    _add(DraftTally, {_of_draft(draft, draft.made_at): amounts})
    if outcome is Outcome.BY_MODEL:
        _time(draft.seller_id, draft.made_at, Clock.DRAFTING, draft.duration_ms)


def visited(visit: Visit, interaction: Interaction) -> None:
    if visit.was_ready is not None:
        amounts = {"visited": 1, "ready": int(visit.was_ready)}
        _add(ChannelTally, {_channel(interaction, visit.at): amounts})
    if visit.was_ready and visit.shown_ms is not None:
        _time(visit.seller_id, visit.at, Clock.SHOWN, visit.shown_ms)


def awaited(seller_id: int, at: datetime, milliseconds: int) -> None:
    """A draft that was not ready when it was wanted, and then came."""
    _time(seller_id, at, Clock.AWAITED, milliseconds)


def answered(reply: Reply, interaction: Interaction, told: Feedback) -> None:
    at, made = reply.queued_at, told.made
    is_due = reply.due_at is not None
    in_time = reply.due_at is not None and at <= reply.due_at
    amounts = {"answered": 1, "due": int(is_due), "in_time": int(in_time)}
    _add(ChannelTally, {_channel(interaction, at): amounts})
    if told.offered is not None and made is not None:
        is_edited = made.verdict is Verdict.EDITED
        verdict: Amounts = {
            made.verdict.value: 1,
            "words_changed": made.words_changed if is_edited else 0,
            "share_changed": 1 - made.kept if is_edited else 0.0,
        }
        _add(DraftTally, {_of_draft(told.offered, at): verdict})
    if reply.opened_at is not None:
        _time(reply.seller_id, at, Clock.HANDLING, (at - reply.opened_at).total_seconds())


def _channel(row: Interaction, at: datetime) -> tuple[Any, ...]:
    return day_of(at), row.seller_id, row.platform, row.kind, int(row.priority)


def _of_draft(draft: Draft, at: datetime) -> tuple[Any, ...]:
    return day_of(at), draft.seller_id, draft.intent, "" if draft.is_offline else draft.prompt_version


def _time(seller_id: int, at: datetime, clock: Clock, duration: float) -> None:
    _add(TimeTally, {(day_of(at), seller_id, clock.value, slot(duration)): {"times": 1}})


def _add(tally: Tally, found: Mapping[tuple[Any, ...], Amounts]) -> None:
    """By hand: Django's upsert replaces, this one adds. In the order of the keys, so that no two wait for each other."""
    if not found:
        return
    columns_of = {field.name: field for field in tally._meta.concrete_fields}
    fields = [columns_of[name] for name in (*tally.KEY, *tally.AMOUNTS)]
    values: list[Any] = []
    for key in sorted(found):
        row = (*key, *(found[key].get(name, 0) for name in tally.AMOUNTS))
        values += [
            field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)
        ]
    table, columns = tally._meta.db_table, [str(field.column) for field in fields]
    places = f"({', '.join(['%s'] * len(columns))})"
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in tally.AMOUNTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([places] * len(found))} "  # noqa: S608 - our own names
            f"ON CONFLICT ({', '.join(columns[: len(tally.KEY)])}) DO UPDATE SET {sums}",
            values,
        )
