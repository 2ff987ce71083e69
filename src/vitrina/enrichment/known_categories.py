"""The rows of categories as the vector index knows them: read once, until a category changes.

A shop's runs ask for the same few hundred rows again and again. Whatever changes a category tells the index
(`catalog.categories.index`), so the index's position says when what was read is out of date.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from vitrina.catalog.attribute_schema import CategoryAttribute, inherited
from vitrina.catalog.categories import COLLECTION
from vitrina.catalog.models import Category
from vitrina.retrieval.catching_up import position

MOST_ROWS = 20_000  # about 20 MB


@dataclass(frozen=True, slots=True)
class KnownCategory:
    """`attribute_schema`: what its products have, those that stand above it included."""

    id: int
    seller_id: int | None
    name: str
    path: str
    parent_id: int | None
    parent_path: str
    attribute_schema: tuple[CategoryAttribute, ...]


_rows: dict[int, KnownCategory | None] = {}  # None: deleted, or out of use
_as_of: object = None
_lock = threading.Lock()


def known_categories(ids: Collection[int], *, seller_id: int | None) -> dict[int, KnownCategory]:
    """Those of `ids` that exist, are in use, and are the seller's own or shared.

    At most one query for what isn't known yet, and one for each level above it.
    """
    rows = _current()
    missing = [pk for pk in ids if pk not in rows]
    if missing:
        found = dict.fromkeys(missing) | _read(missing)
        with _lock:
            if rows is _rows:
                rows.update(found)
        rows = {**rows, **found}
    known = {pk: row for pk in ids if (row := rows.get(pk)) is not None}
    return {pk: row for pk, row in known.items() if row.seller_id is None or row.seller_id == seller_id}


def _current() -> dict[int, KnownCategory | None]:
    """What is known as of the index's position; empty after a change."""
    global _rows, _as_of
    now = position(COLLECTION)
    with _lock:
        if now != _as_of or len(_rows) > MOST_ROWS:
            _rows, _as_of = {}, now
        return _rows


def _read(ids: Collection[int]) -> dict[int, KnownCategory | None]:
    found = Category.objects.filter(pk__in=ids, is_active=True).values_list(
        "pk", "seller_id", "name", "path", "parent_id", "parent__path", "attribute_schema"
    )
    rows = list(found)
    parents: set[int | None] = {row[4] for row in rows}
    above = _schemas_above({pk for pk in parents if pk is not None})
    return {
        pk: KnownCategory(
            pk,
            seller,
            name,
            path,
            parent_id,
            parent_path or "",
            inherited([*_levels(parent_id, above), schema]),
        )
        for pk, seller, name, path, parent_id, parent_path, schema in rows
    }


Above = dict[int, tuple[int | None, list[Mapping[str, Any]]]]  # id → (parent's id, rows of the schema)


def _schemas_above(ids: set[int]) -> Above:
    """Of these categories and of all that stand above them."""
    known: Above = {}
    while ids:
        rows = Category.objects.filter(pk__in=ids).values_list("pk", "parent_id", "attribute_schema")
        known |= {pk: (parent_id, schema) for pk, parent_id, schema in rows}
        ids = {parent_id for parent_id, _ in known.values() if parent_id is not None} - known.keys()
    return known


def _levels(parent_id: int | None, above: Above) -> list[list[Mapping[str, Any]]]:
    levels: list[list[Mapping[str, Any]]] = []
    seen: set[int] = set()
    while parent_id in above and parent_id not in seen:
        seen.add(parent_id)
        parent_id, rows = above[parent_id]
        levels.insert(0, rows)
    return levels
