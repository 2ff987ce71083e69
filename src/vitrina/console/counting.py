"""How many there are, up to a number beyond which nobody reads the difference and counting takes its time."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

COUNT_UP_TO = 1_000  # beyond it pages say «more than 1 000» or «1 000+»


def counted(rows: QuerySet[Any]) -> int:
    """At most one more than pages tell, so that they see that there are more."""
    return rows[: COUNT_UP_TO + 1].count()
