"""A marketplace's tree, read from the marketplace: its categories at once, the attributes of a leaf when they are needed.

The tree is the same for every seller, so that it is shared by all; whose key it is read with doesn't matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from vitrina.accounts.models import User
from vitrina.catalog import categories
from vitrina.catalog.categories import SyncReport
from vitrina.catalog.category_tree import Node
from vitrina.catalog.models import Category
from vitrina.catalog.places.models import TreeReading
from vitrina.channels.card_targets import TARGETS, open_target
from vitrina.channels.cards import FindsValues, TargetAttribute
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.ports import AccessState
from vitrina.channels.probing import CARDS
from vitrina.jobs.enqueue import Priority, QueueFull, enqueue
from vitrina.jobs.models import Job
from vitrina.lib.text import fold
from vitrina.lib.transactions import short_transaction

TREE = "catalog.marketplace_tree"
FRESH_FOR = timedelta(days=7)  # of a leaf's attributes; marketplaces change them every few weeks
READ_AT = "attributes_read_at"  # in `Category.synced`


def sync_tree(connection: Connection) -> SyncReport:
    """Raises the errors of `channels.errors`. An empty answer changes nothing and says so by ValueError."""
    nodes = open_target(connection).nodes()
    if not nodes:
        raise ValueError("The marketplace answered with an empty tree; nothing was changed.")
    report = categories.sync(
        [Node(external_id=node.id, name=node.name, parent_id=node.parent_id) for node in nodes],
        tree=connection.platform,
        retire_missing=True,
    )
    with short_transaction():
        TreeReading.objects.update_or_create(tree=connection.platform, defaults={"read_at": timezone.now()})
    return report


def read_later(
    connection: Connection, *, by: User | None = None, priority: Priority = Priority.OPERATOR
) -> Job:
    """In the caller's transaction. Raises QueueFull."""
    known = PLATFORMS.get(connection.platform)
    return enqueue(
        TREE,
        {"connection": connection.pk},
        key=f"tree:{connection.pk}",
        seller_id=connection.seller_id,
        priority=priority,
        title=str(known.words) if known else connection.platform,
        created_by_id=by.pk if by else None,
    )


def read_due_later(now: datetime) -> int:
    """Queue a reading of each tree that was never read, then of those read a week ago or earlier: one for a marketplace,
    through the connection that was found to work last. Returns how many are on their way; a full queue waits a day."""
    read_at = dict(TreeReading.objects.values_list("tree", "read_at"))
    queued = 0
    for connection in sorted(_working(), key=lambda one: (one.platform in read_at, one.platform)):
        last = read_at.get(connection.platform)
        if last is not None and last > now - FRESH_FOR:
            continue
        try:
            with short_transaction():
                read_later(connection, priority=Priority.BATCH)
        except QueueFull:
            continue
        queued += 1
    return queued


def _working() -> list[Connection]:
    """One of each marketplace that takes cards."""
    found: dict[str, Connection] = {}
    rows = Connection.objects.on().filter(platform__in=list(TARGETS), trouble="", probed_at__isnull=False)
    for connection in rows.order_by("-probed_at", "pk"):
        if connection.access.get(CARDS, {}).get("state") != AccessState.NEEDS_RIGHT:
            found.setdefault(connection.platform, connection)
    return list(found.values())


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


def learn_values(connection: Connection, category: Category, wanted: Sequence[tuple[str, str]]) -> int:
    """Search the long dictionaries of a leaf for words, by the attribute's id; each is asked for once, and what was found, or
    that there is none, is kept with the attribute until its leaf is read anew. Returns how many were asked.
    Raises the errors of `channels.errors`."""
    target, asked = None, 0
    rows = {str(row["key"]): row for row in category.attribute_schema}
    for key, text in wanted:
        row, word = rows[key], fold(text)
        known = {fold(str(one["value"])) for one in row.get("found", ())} | set(row.get("unknown", ()))
        if word in known:
            continue
        target = target or open_target(connection)
        if not isinstance(target, FindsValues):
            return 0
        value = target.find_value(category.external_id, key, text)
        if value is None:
            row["unknown"] = [*row.get("unknown", ()), word]
        else:
            row["found"] = [*row.get("found", ()), {"value": value.text, "id": value.id}]
        asked += 1
    if asked:
        with short_transaction():
            Category.objects.filter(pk=category.pk).update(attribute_schema=category.attribute_schema)
    return asked


def as_row(one: TargetAttribute) -> dict[str, Any]:
    """As `Category.attribute_schema` holds it, with the marketplace's own numbers beside: «key» is the attribute's, «id» a
    choice's. "is_long": it has a dictionary that isn't kept; "found", "unknown": what was searched for in it; "is_open": its dictionary isn't all that it takes."""
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
