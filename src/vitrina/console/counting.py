"""How many there are, up to a number beyond which nobody reads the difference and counting takes its time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from vitrina.accounts.walking import walk

COUNT_UP_TO = 1_000  # beyond it pages say «more than 1 000» or «1 000+»


def counted(rows: QuerySet[Any]) -> int:
    """At most one more than pages tell, so that they see that there are more."""
    return rows[: COUNT_UP_TO + 1].count()


def counted_together(*several: QuerySet[Any]) -> list[int]:
    """The same of several lists of whatever tables, in one query."""
    found = [0] * len(several)
    parts: list[str] = []
    given: list[Any] = []
    asked: list[int] = []
    for number, rows in enumerate(several):
        try:
            statement, values = rows.order_by().values("pk")[: COUNT_UP_TO + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        # Django's own statement, each in its brackets.
        parts.append(f"(SELECT COUNT(*) FROM ({statement}) AS list{number})")  # noqa: S608
        given += values
        asked.append(number)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", given)
            for number, count in zip(asked, cursor.fetchone(), strict=True):
                found[number] = count
    return found


def counted_by_walking(rows: QuerySet[Any], sellers: Sequence[int] | None) -> int:
    """The same of those `rows` that are of `sellers`: also where few of many are meant (`walking.walk`)."""
    return walk(rows, sellers, ["-pk"], size=COUNT_UP_TO + 1).count()
