"""A marketplace's tree, read from the marketplace: its categories at once, the attributes of a leaf when they are needed.

The tree is the same for every seller, so that it is shared by all; whose key it is read with doesn't matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from vitrina.catalog import categories
from vitrina.catalog.categories import SyncReport
from vitrina.catalog.category_tree import Node
from vitrina.catalog.models import Category
from vitrina.channels.card_targets import open_target
from vitrina.channels.cards import TargetAttribute
from vitrina.channels.models import Connection
from vitrina.lib.transactions import short_transaction

TREE = "catalog.marketplace_tree"
FRESH_FOR = timedelta(days=7)  # of a leaf's attributes; marketplaces change them every few weeks
READ_AT = "attributes_read_at"  # in `Category.synced`


def sync_tree(connection: Connection) -> SyncReport:
    """Raises the errors of `channels.errors`. An empty answer changes nothing and says so by ValueError."""
    nodes = open_target(connection).nodes()
    if not nodes:
        raise ValueError("The marketplace answered with an empty tree; nothing was changed.")
    return categories.sync(
        [Node(external_id=node.id, name=node.name, parent_id=node.parent_id) for node in nodes],
        tree=connection.platform,
        retire_missing=True,
    )


def leaf(tree: str, external_id: str) -> Category | None:
    return Category.objects.filter(seller=None, tree=tree, external_id=external_id, is_active=True).first()


def learn_attributes(connection: Connection, leaves: Sequence[Category]) -> int:
    """Ask what the marketplace wants of each leaf, unless that is known since lately. Returns how many were asked."""
    target = None
    asked = 0
    for category in leaves:
        if _is_fresh(category):
            continue
        target = target or open_target(connection)
        rows = [as_row(one) for one in target.attributes(category.external_id)]
        with short_transaction():
            synced = {**category.synced, READ_AT: timezone.now().isoformat()}
            Category.objects.filter(pk=category.pk).update(attribute_schema=rows, synced=synced)
        category.attribute_schema, category.synced = rows, synced
        asked += 1
    return asked


def as_row(one: TargetAttribute) -> dict[str, Any]:
    """As `Category.attribute_schema` holds it, with the marketplace's own numbers beside: «key» is the attribute's, «id» a
    choice's. "is_long": it has a dictionary that isn't kept; "is_open": its dictionary isn't all that it takes."""
    choices = [{"value": choice.text, "id": choice.id} for choice in one.choices or ()]
    kind = "number" if one.is_number else "text"
    if choices:
        kind = "choice" if one.most == 1 else "multiple"
    told: dict[str, Any] = {
        "key": one.id,
        "name": one.name,
        "kind": kind,
        "unit": one.unit,
        "required": one.is_required,
        "choices": choices,
        "is_long": one.choices is None,
        "is_open": one.takes_others and bool(choices),
    }
    return {name: said for name, said in told.items() if said} | {"most": one.most}


def _is_fresh(category: Category) -> bool:
    read_at = category.synced.get(READ_AT)
    if not category.attribute_schema or not isinstance(read_at, str):
        return False
    return read_at > (timezone.now() - FRESH_FOR).isoformat()
