"""Trees of categories: synced from a file or another source, kept with what people changed, found by retrieval."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from vitrina.accounts.models import Seller
from vitrina.catalog.category_tree import Node, Refusal, in_order
from vitrina.catalog.models import PATH_SEPARATOR, Category
from vitrina.retrieval.documents import NewDocument, put_many, remove

COLLECTION = "categories"
CHUNK = 500
WRITTEN = [
    "name",
    "name_en",
    "synonyms",
    "attribute_schema",
    "synced",
    "parent",
    "is_leaf",
    "path",
    "updated_at",
]


@dataclass(slots=True)
class SyncReport:
    """`missing`: categories that the source no longer lists; they stay, unless it was asked to retire them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    missing: int = 0
    retired: int = 0
    documents: int = 0
    refused: list[Refusal] = field(default_factory=list)


def sync(
    nodes: Iterable[Node], *, seller: Seller | None = None, tree: str = "", retire_missing: bool = False
) -> SyncReport:
    """Bring a tree in, in one transaction. What a person changed since the last sync (name, synonyms) stays.

    `seller` None: shared by all. Nodes of a cycle, or below a missing parent, are refused in words; the others go in.
    """
    ordered, refused = in_order(nodes)
    report = SyncReport(refused=refused)
    with transaction.atomic():
        stored = {row.external_id: row for row in Category.objects.filter(seller=seller, tree=tree)}
        parents = {node.parent_id for node in ordered if node.parent_id}
        for level in _levels(ordered):
            _sync_level(level, seller, tree, stored, parents, report)
        _keep_moved(ordered, stored)
        listed = {node.external_id for node in ordered} | {refusal.external_id for refusal in refused}
        missing = [row for external_id, row in stored.items() if external_id not in listed and row.is_active]
        report.missing = len(missing)
        _follow_above(missing, stored)
        if retire_missing and not refused:
            report.retired = Category.objects.filter(pk__in=[row.pk for row in missing]).update(
                is_active=False
            )
        report.documents = index(Category.objects.filter(seller=seller, tree=tree))
    return report


def _follow_above(missing: Sequence[Category], stored: dict[str, Category]) -> None:
    """What the file doesn't list stays below its parent, whatever that is called now."""
    rows = {row.pk: row for row in stored.values()}
    for row in sorted(missing, key=lambda row: row.depth):
        above = rows.get(row.parent_id or 0)
        if above is not None and row.path != _path(above, row.name):
            row.parent = above
            refresh_paths(row)


def _keep_moved(ordered: Sequence[Node], stored: dict[str, Category]) -> None:
    """Where a person put a category, it stays, unless the file now has its new parent below it."""
    rows = {row.pk: row for row in stored.values()}
    for node in ordered:
        row = stored[node.external_id]
        if not row.synced.get("moved"):
            continue
        above: Category | None = row
        seen: set[int] = set()
        while above is not None and above.pk not in seen:
            seen.add(above.pk)
            above = rows.get(above.parent_id or 0)
        if above is not None:  # it stands above itself: the file's word counts
            row.parent = stored.get(node.parent_id)
            row.synced = {**row.synced, "moved": False}
            row.save(update_fields=["parent", "synced"])
        refresh_paths(row)
    holding = {row.parent_id for row in rows.values() if row.synced.get("moved")}
    for row in rows.values():
        if row.is_leaf and row.pk in holding:
            row.is_leaf = False
            row.save(update_fields=["is_leaf"])


def _levels(ordered: Sequence[Node]) -> list[list[Node]]:
    """Roots, their children, and so on: each level is written in one go, when the ids above it are known."""
    depth: dict[str, int] = {}
    levels: list[list[Node]] = []
    for node in ordered:
        depth[node.external_id] = here = depth[node.parent_id] + 1 if node.parent_id else 0
        if here == len(levels):
            levels.append([])
        levels[here].append(node)
    return levels


def _sync_level(
    level: Sequence[Node],
    seller: Seller | None,
    tree: str,
    stored: dict[str, Category],
    parents: Collection[str],
    report: SyncReport,
) -> None:
    new: list[Category] = []
    changed: list[Category] = []
    for node in level:
        row = stored.get(node.external_id)
        parent = stored[node.parent_id] if node.parent_id else None
        is_leaf = node.external_id not in parents
        if row is None:
            row = Category(seller=seller, tree=tree, external_id=node.external_id, name=node.name)
            _take(row, node, parent, is_leaf=is_leaf)
            new.append(row)
        elif _take(row, node, parent, is_leaf=is_leaf):
            row.updated_at = timezone.now()
            changed.append(row)
        else:
            report.unchanged += 1
    Category.objects.bulk_create(new, batch_size=CHUNK)
    Category.objects.bulk_update(changed, WRITTEN, batch_size=CHUNK)
    stored |= {row.external_id: row for row in new}
    report.created += len(new)
    report.updated += len(changed)


def edit(
    category: Category,
    *,
    name: str | None = None,
    name_en: str | None = None,
    synonyms: Sequence[str] | None = None,
    is_active: bool | None = None,
) -> Category:
    """A person's change: paths below it and the index follow; later syncs leave it alone."""
    with transaction.atomic():
        if name is not None:
            category.name = name
        if name_en is not None:
            category.name_en = name_en
        if synonyms is not None:
            category.synonyms = clean_synonyms(synonyms)
        if is_active is not None:
            category.is_active = is_active
        category.save()
        refresh_paths(category)
    return category


def refresh_paths(category: Category) -> int:
    """Paths of a category and of all below it, made anew from names and parents. Returns how many are indexed anew."""
    with transaction.atomic():
        touched = [category]
        category.path = _path(category.parent, category.name)
        category.save(update_fields=["path", "updated_at"])
        level = [category]
        while level:
            children = list(Category.objects.filter(parent__in=level).select_related("parent"))
            above = {row.pk: row for row in level}
            for child in children:
                child.path = _path(above[child.parent_id or 0], child.name)
            Category.objects.bulk_update(children, ["path"], batch_size=CHUNK)
            touched += children
            level = children
        return index(Category.objects.filter(pk__in=[row.pk for row in touched]))


def index(categories: Iterable[Category]) -> int:
    """Write what retrieval finds categories by; those not in use are taken out. Returns how many changed."""
    used = [row for row in categories if row.is_active]
    unused = [str(row.pk) for row in categories if not row.is_active]
    return put_many(COLLECTION, _documents(used)) + remove(COLLECTION, unused)


def product_key(product_id: int) -> str:
    """Under which key a confirmed product stands among the documents of its category."""
    return f"product:{product_id}"


def clean_synonyms(synonyms: Iterable[str]) -> list[str]:
    """In their order, without spaces around, without empty ones and repetitions in other letter case."""
    seen: dict[str, str] = {}
    for synonym in synonyms:
        text = " ".join(str(synonym).split())
        if text:
            seen.setdefault(text.lower(), text)
    return list(seen.values())


def _documents(categories: Iterable[Category]) -> Iterator[NewDocument]:
    for row in categories:
        lines = [row.name, row.path, *row.synonyms]
        if row.name_en:
            lines.append(row.name_en)
        yield NewDocument(
            key=str(row.pk),
            text="\n".join(lines),
            payload={
                "category_id": row.pk,
                "tree": row.tree,
                "is_leaf": row.is_leaf,
                "path": row.path,
                # Nobody searches by it: with it in the document, whoever keeps rows hears of every change.
                "schema": _digest(row.attribute_schema),
            },
            seller_id=row.seller_id,
            # Confirmed products join the group of their category and are searched as one text with it.
            group=str(row.pk),
        )


def _digest(schema: object) -> str:
    return hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()[:16] if schema else ""


def _take(row: Category, node: Node, parent: Category | None, *, is_leaf: bool) -> bool:
    """Bring a node's say into its row; whether anything changed. Three ways: the row, the node, the last sync."""
    before = _state(row)
    synced = row.synced
    # A name that differs from what the last sync brought was changed by a person.
    if not row.pk or row.name == synced.get("name", row.name):
        row.name = node.name
    if not row.pk or row.name_en == synced.get("name_en", row.name_en):
        row.name_en = node.name_en
    # New synonyms come in; one that a person took away stays away as long as the source keeps listing it.
    brought = set(synced.get("synonyms", []))
    row.synonyms = clean_synonyms([*row.synonyms, *(word for word in node.synonyms if word not in brought)])
    if brings_attributes(row, node):
        row.attribute_schema = list(node.attribute_schema)
    is_moved = bool(synced.get("moved")) and row.pk is not None
    row.synced = ({"moved": True} if is_moved else {}) | {
        "name": node.name,
        "name_en": node.name_en,
        "synonyms": clean_synonyms(node.synonyms),
        "attribute_schema": list(node.attribute_schema),
    }
    row.is_leaf = is_leaf
    if not is_moved:
        row.parent = parent
        row.path = _path(parent, row.name)
    return not row.pk or before != _state(row)


def brings_attributes(row: Category, node: Node) -> bool:
    """Whether a sync gives the row other attributes: not where a person changed them, and never none for some."""
    rows = list(node.attribute_schema)
    if row.attribute_schema != row.synced.get("attribute_schema", row.attribute_schema):
        return False  # a person's
    return bool(rows) and rows != row.attribute_schema


def _state(row: Category) -> tuple[object, ...]:
    return (
        row.name,
        row.name_en,
        list(row.synonyms),
        list(row.attribute_schema),
        dict(row.synced),
        row.parent_id,
        row.is_leaf,
        row.path,
    )


def _path(parent: Category | None, name: str) -> str:
    return f"{parent.path}{PATH_SEPARATOR}{name}" if parent else name


def forget(gone: Sequence[Category]) -> None:
    """Delete categories with all below them, and what retrieval finds them by. Products keep no category."""
    with transaction.atomic():
        ids = [row.pk for row in gone]
        level = ids
        while level:
            level = list(Category.objects.filter(parent_id__in=level).values_list("pk", flat=True))
            ids += level
        remove(COLLECTION, map(str, ids))
        Category.objects.filter(pk__in=ids).delete()
