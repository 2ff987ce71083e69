"""Lists by cursor: as quick on the last page of a million rows as on the first, and steady while rows arrive.

A cursor is signed: it holds the key of the row where the page ended, and nobody else's words reach the query.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from vitrina.accounts.walking import walk
from vitrina.rest.fields import Given, Text, Whole
from vitrina.rest.problems import Problem

MOST = 200
USUAL = 50
NEWEST_FIRST = ("-pk",)
_SALT = "vitrina.rest.cursor"


class PageAsked(Given):
    """A query of a list inherits from this."""

    limit = Whole(required=False, default=USUAL, min_value=1, max_value=MOST)
    cursor = Text(required=False, max_length=500)


@dataclass(frozen=True)
class Cursor:
    """`values`: the last row's keys in the list's order, moments as text; `is_back`: the page before it, not behind it."""

    values: tuple[Any, ...]
    is_back: bool

    def sealed(self, salt: str) -> str:
        values = [value.isoformat() if isinstance(value, datetime) else value for value in self.values]
        return signing.dumps([int(self.is_back), *values], salt=salt)

    @classmethod
    def opened(cls, text: str, salt: str, keys: int) -> Cursor:
        try:
            is_back, *values = signing.loads(text, salt=salt)
        except signing.BadSignature as error:
            raise _unknown() from error
        if len(values) != keys:
            raise _unknown()
        return cls(tuple(values), bool(is_back))


def _unknown() -> Problem:
    return Problem(
        422,
        "invalid",
        _("This cursor isn't one of this list. Begin without a cursor."),
        errors={"cursor": [_("Unknown cursor.")]},
    )


def page(
    request: Request,
    rows: QuerySet[Any],
    shown: Callable[[Sequence[Any]], Any],
    asked: dict[str, Any],
    *,
    order: tuple[str, ...] = NEWEST_FIRST,
    sellers: Sequence[int] | None = None,
) -> dict[str, Any]:
    """{"results", "next", "previous"}. `order`: keys down to a unique one, "-" before those that fall.

    `sellers`: whose of the rows are meant, where each one's have an index in this order (`walking.walk`).

    Two queries: the ids, which an index may answer alone, then the rows. With whole rows in the first one both databases
    read a hundred thousand of them to find those of a rare filter.
    """

    def find(cursor: Cursor | None, size: int) -> list[int]:
        if cursor is None:
            return list(walk(rows, sellers, order, size=size).values_list("pk", flat=True))
        way = tuple(_turned(key) for key in order) if cursor.is_back else order
        beyond = rows.filter(_behind(way, cursor.values))
        return list(walk(beyond, sellers, way, size=size).values_list("pk", flat=True))

    return page_found(request, rows, find, shown, asked, keys=[key.removeprefix("-") for key in order])


def page_found(
    request: Request,
    rows: QuerySet[Any],
    find: Callable[[Cursor | None, int], list[int]],
    shown: Callable[[Sequence[Any]], Any],
    asked: dict[str, Any],
    *,
    keys: Sequence[str],
) -> dict[str, Any]:
    """`page` of a list that has its own way to be found: `find` gives the ids of the next so many rows from a cursor on,
    None: from the beginning; backwards where the cursor says so. `keys`: what a cursor holds of a row."""
    salt = f"{_SALT}:{request.path}"
    size = asked["limit"]
    cursor = Cursor.opened(asked["cursor"], salt, len(keys)) if asked.get("cursor") else None
    is_back = cursor is not None and cursor.is_back
    ids = find(cursor, size + 1)
    by_id = rows.order_by().in_bulk(ids[:size])
    has_more, found = len(ids) > size, [by_id[pk] for pk in ids[:size] if pk in by_id]
    if is_back:
        found.reverse()
    has_next = is_back or has_more
    has_previous = has_more if is_back else cursor is not None

    def link(row: Model, *, back: bool) -> str:
        sealed = Cursor(tuple(getattr(row, key) for key in keys), back).sealed(salt)
        query = request.query_params.copy()
        query["cursor"] = sealed
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

    return {
        "results": shown(found),
        "next": link(found[-1], back=False) if found and has_next else None,
        "previous": link(found[0], back=True) if found and has_previous else None,
    }


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _behind(order: tuple[str, ...], values: tuple[Any, ...]) -> Q:
    """Rows that stand behind the given keys: (a, b) < (x, y) written out, each key with its own direction."""
    condition, same = Q(), Q()
    for key, value in zip(order, values, strict=True):
        name, compare = (key[1:], "lt") if key.startswith("-") else (key, "gt")
        condition |= same & Q(**{f"{name}__{compare}": value})
        same &= Q(**{name: value})
    return condition
