"""Write what can be found. Rows only, in the caller's transaction; the index follows by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from vitrina.retrieval import catching_up
from vitrina.retrieval.catching_up import SHARED
from vitrina.retrieval.index import Value
from vitrina.retrieval.models import Document, Group

BATCH = 500


@dataclass(frozen=True, slots=True)
class NewDocument:
    """`text`: one line per thing said of it; the first words of a line count most.

    `payload` holds flat values that a query can filter by; booleans come back as 1 and 0 (not "seller", "key", "group", "text", "members").
    `group`: searched as one text with the others of that name; the document whose key is that name is its head,
    whose payload the group carries. "" leaves the document alone.
    """

    key: str
    text: str
    payload: Mapping[str, Value] = field(default_factory=dict)
    seller_id: int | None = None
    group: str = ""


def put(
    collection: str,
    key: str,
    text: str,
    *,
    payload: Mapping[str, Value] | None = None,
    seller_id: int | None = None,
    group: str = "",
) -> None:
    put_many(collection, [NewDocument(key, text, payload or {}, seller_id, group)])


def put_many(collection: str, documents: Iterable[NewDocument]) -> int:
    """Write or replace documents; unchanged ones are left alone. Returns how many changed."""
    wanted = {document.key: document for document in documents}
    changed = 0
    keys = list(wanted)
    with transaction.atomic():
        for start in range(0, len(keys), BATCH):
            changed += _put_batch(collection, {key: wanted[key] for key in keys[start : start + BATCH]})
        if changed:
            catching_up.expect_changes(collection)
    return changed


def remove(collection: str, keys: Iterable[str]) -> int:
    """Take documents out, their words for good. Returns how many were there."""
    listed = list(keys)
    removed = 0
    with transaction.atomic():
        for start in range(0, len(listed), BATCH):
            rows = list(
                Document.objects.filter(
                    collection=collection, key__in=listed[start : start + BATCH], removed=False
                )
            )
            _mark_groups(collection, {(row.group, row.seller_id or SHARED) for row in rows})
            removed += Document.objects.filter(pk__in=[row.pk for row in rows]).update(
                removed=True, sequence=None, text="", payload={}, embedded_by=""
            )
        if removed:
            catching_up.expect_changes(collection)
    return removed


def members(collection: str, group: str, *, most: int | None = None) -> list[str]:
    """Keys of a group's documents without its head, the newest first; at most so many."""
    rows = Document.objects.filter(collection=collection, group=group, removed=False).exclude(key=group)
    return list(rows.order_by("-pk").values_list("key", flat=True)[:most])


def move_members(collection: str, group: str, *, to: str, payload: Mapping[str, Value]) -> int:
    """Give a group's documents, without its head, to another group. `payload`: what changes in theirs."""
    rows = Document.objects.filter(collection=collection, group=group, removed=False).exclude(key=group)
    return put_many(
        collection,
        [
            NewDocument(row.key, row.text, {**row.payload, **payload}, row.seller_id, to)
            for row in rows.order_by("pk")
        ],
    )


def _put_batch(collection: str, wanted: dict[str, NewDocument]) -> int:
    stored = {row.key: row for row in Document.objects.filter(collection=collection, key__in=wanted)}
    new: list[Document] = []
    changed: list[Document] = []
    groups: set[tuple[str, int]] = set()
    for key, document in wanted.items():
        row = stored.get(key)
        if row is None:
            row = Document(collection=collection, key=key)
            new.append(row)
        elif _same(row, document):
            continue
        else:
            groups.add((row.group, row.seller_id or SHARED))
            changed.append(row)
        row.text = document.text
        row.payload = dict(document.payload)
        row.seller_id = document.seller_id
        row.group = document.group
        row.removed = False
        row.sequence = None
        row.embedded_by = ""
        groups.add((row.group, row.seller_id or SHARED))
    fields = ["text", "payload", "seller", "group", "removed", "sequence", "embedded_by"]
    # Two writers of one new key: the later one wins instead of failing.
    Document.objects.bulk_create(
        new, update_conflicts=True, unique_fields=["collection", "key"], update_fields=fields
    )
    Document.objects.bulk_update(changed, fields)
    _mark_groups(collection, groups)
    return len(new) + len(changed)


def _same(row: Document, document: NewDocument) -> bool:
    return (
        not row.removed
        and row.text == document.text
        and row.payload == dict(document.payload)
        and row.seller_id == document.seller_id
        and row.group == document.group
    )


def _mark_groups(collection: str, touched: set[tuple[str, int]]) -> None:
    """Say that these groups changed. A shared document changes the group for every seller that has one of its own."""
    named = {(name, seller_key) for name, seller_key in touched if name}
    if not named:
        return
    Group.objects.bulk_create(
        [
            Group(collection=collection, name=name, seller_key=seller_key)
            for name, seller_key in sorted(named)
        ],
        update_conflicts=True,
        unique_fields=["collection", "name", "seller_key"],
        update_fields=["sequence"],
    )
    shared = [name for name, seller_key in named if seller_key == SHARED]
    if shared:
        Group.objects.filter(collection=collection, name__in=shared).update(sequence=None)
