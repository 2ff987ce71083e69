"""A cursor for statements that run hundreds of times a second: the placeholders are converted once, not at every call."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection


class QuickCursor:
    """Django's cursor on PostgreSQL; on SQLite the driver's own below it, its errors turned into Django's.

    Statements carry `%s` alone and no literal per cent sign.
    """

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        below = getattr(cursor, "cursor", None)
        self._sqlite: sqlite3.Cursor | None = below if isinstance(below, sqlite3.Cursor) else None

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        if self._sqlite is None:
            self._cursor.execute(statement, parameters)
            return
        with connection.wrap_database_errors:
            sqlite3.Cursor.execute(self._sqlite, _question_marks(statement), parameters)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        if self._sqlite is None:
            self._cursor.executemany(statement, rows)
            return
        with connection.wrap_database_errors:
            sqlite3.Cursor.executemany(self._sqlite, _question_marks(statement), rows)

    def fetchall(self) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = (
            self._cursor.fetchall() if self._sqlite is None else self._sqlite.fetchall()
        )
        return rows


@lru_cache(maxsize=512)
def _question_marks(statement: str) -> str:
    return statement.replace("%s", "?")
