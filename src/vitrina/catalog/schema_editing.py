"""A person's or a program's change of the attributes of a category. Later syncs of the tree leave it alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.catalog import categories
from vitrina.catalog.attribute_schema import CategoryAttribute, attributes_of, checked, inherited
from vitrina.catalog.models import Category


class AttributeGone(LookupError):
    """Somebody took the attribute away meanwhile. Nothing was changed."""


def put(category: Category, rows: Sequence[Any], *, by: User | None = None) -> Category:
    """All attributes of a category at once, in their order. Raises SchemaRefused."""
    with transaction.atomic():
        row = Category.objects.select_for_update(of=("self",)).get(pk=category.pk)
        return _write(row, checked(rows), by)


def put_one(category: Category, key: str, row: Mapping[str, Any], *, by: User | None = None) -> Category:
    """Add an attribute (`key` empty) at the end, or change the one of that key where it stands.

    Raises SchemaRefused and AttributeGone.
    """
    with transaction.atomic():
        found = Category.objects.select_for_update(of=("self",)).get(pk=category.pk)
        rows = [one.row for one in attributes_of(found.attribute_schema)]
        if not key:
            return _write(found, checked([*rows, row]), by)
        place = _place(found, key)
        # The key stays: the values of products hang on it, whatever the attribute is called.
        rows[place] = {**row, "key": key}
        return _write(found, checked(rows), by)


def take_away(category: Category, key: str, *, by: User | None = None) -> Category:
    """Values that products have stay with them. Raises AttributeGone."""
    with transaction.atomic():
        found = Category.objects.select_for_update(of=("self",)).get(pk=category.pk)
        rows = [one.row for one in attributes_of(found.attribute_schema)]
        del rows[_place(found, key)]
        return _write(found, rows, by)


def shift(category: Category, key: str, *, down: bool, by: User | None = None) -> Category:
    """One place up or down among its own; at the end of the list nothing changes. Raises AttributeGone."""
    with transaction.atomic():
        found = Category.objects.select_for_update(of=("self",)).get(pk=category.pk)
        rows = [one.row for one in attributes_of(found.attribute_schema)]
        place = _place(found, key)
        row = rows.pop(place)
        rows.insert(max(0, place + (1 if down else -1)), row)
        return _write(found, rows, by)


def whole_schema(category: Category) -> tuple[CategoryAttribute, ...]:
    """With what it inherits, from the root down. Costs a query for every level above it."""
    return inherited([*(row.attribute_schema for row in above(category)), category.attribute_schema])


def above(category: Category) -> list[Category]:
    """The categories over it, the root first. Costs a query for every level."""
    found: list[Category] = []
    parent = category.parent
    while parent is not None and parent.pk not in {row.pk for row in found}:
        found.insert(0, parent)
        parent = parent.parent
    return found


def _place(category: Category, key: str) -> int:
    keys = [one.key for one in attributes_of(category.attribute_schema)]
    if key not in keys:
        raise AttributeGone(key)
    return keys.index(key)


def _write(category: Category, rows: list[dict[str, Any]], by: User | None) -> Category:
    before = category.attribute_schema
    if rows == before:
        return category
    category.attribute_schema = rows
    category.save(update_fields=["attribute_schema", "updated_at"])
    # Whoever keeps rows of categories hears of it by the index, those of the branch below included.
    categories.index([category])
    audit.record(
        "category.attributes", category, by=by, before={"attributes": before}, after={"attributes": rows}
    )
    return category
