"""How many there are, up to a number beyond which nobody reads the difference and counting takes its time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from vitrina.accounts.walking import walk

COUNT_UP_TO = 1_000  # beyond it pages say «more than 1 000» or «1 000+»


def counted(rows: QuerySet[Any]) -> int:
    """At most one more than pages tell, so that they see that there are more."""
    return rows[: COUNT_UP_TO + 1].count()


def counted_by_walking(rows: QuerySet[Any], sellers: Sequence[int] | None) -> int:
    """The same of those `rows` that are of `sellers`: also where few of many are meant (`walking.walk`)."""
    return walk(rows, sellers, ["-pk"], size=COUNT_UP_TO + 1).count()
