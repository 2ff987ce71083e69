"""Time comes only from the database, so that workers with wrong clocks agree. SQL for both vendors.

Every statement that uses these is executed with parameters, hence the doubled per cent signs.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection


def now() -> str:
    return "clock_timestamp()" if connection.vendor == "postgresql" else _SQLITE_NOW


def in_seconds() -> str:
    """SQL for "so many seconds from now"; takes one parameter made by `offset`."""
    if connection.vendor == "postgresql":
        return "(clock_timestamp() + %s::interval)"
    return "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %s)"


def offset(seconds: float) -> str:
    return f"{seconds:+.3f} seconds"


def read() -> datetime:
    """The database's clock now. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {now()}", [])
        return moment(cursor.fetchone()[0])


def moment(value: Any) -> datetime:
    """A moment as the database returned it (SQLite: text in UTC) as an aware datetime."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def bound(value: datetime) -> Any:
    """An aware datetime as a parameter that compares rightly with the column."""
    return connection.ops.adapt_datetimefield_value(value)


_SQLITE_NOW = "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"
