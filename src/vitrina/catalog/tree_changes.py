"""What a tree from a file would change, before it is brought in: compared row by row, nothing written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from vitrina.accounts.models import Seller
from vitrina.catalog.categories import brings_attributes
from vitrina.catalog.category_tree import Node, Refusal, in_order
from vitrina.catalog.models import PATH_SEPARATOR, Category

NAMED = 100  # of each kind are named; all are counted


@dataclass(slots=True)
class TreeChanges:
    """`renamed`: (as it is, as it would be)."""

    created: int = 0
    renamed: int = 0
    unchanged: int = 0
    missing: int = 0
    new_paths: list[str] = field(default_factory=list)
    changes: list[tuple[str, str]] = field(default_factory=list)
    missing_paths: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def compare(nodes: Iterable[Node], *, seller: Seller | None, tree: str) -> TreeChanges:
    """As `categories.sync` would decide: what a person renamed or moved stays. One query."""
    ordered, refused = in_order(nodes)
    found = TreeChanges(refused=refused)
    stored = {row.external_id: row for row in Category.objects.filter(seller=seller, tree=tree)}
    paths: dict[str, str] = {}
    for node in ordered:
        row = stored.get(node.external_id)
        name = node.name
        if row is not None and row.name != row.synced.get("name", row.name):
            name = row.name
        path = f"{paths[node.parent_id]}{PATH_SEPARATOR}{name}" if node.parent_id else name
        if row is not None and row.synced.get("moved"):
            path = row.path
        paths[node.external_id] = path
        brought = set(row.synced.get("synonyms", [])) if row is not None else set()
        news = [
            word
            for word in node.synonyms
            if word not in brought and (row is None or word not in row.synonyms)
        ]
        if row is None:
            found.created += 1
            _name(found.new_paths, path)
        elif row.path != path or news or brings_attributes(row, node):
            found.renamed += 1
            words = [*news, *([_("its attributes")] if brings_attributes(row, node) else [])]
            _name(found.changes, (row.path, path + (f" + {', '.join(words)}" if words else "")))
        else:
            found.unchanged += 1
    listed = {node.external_id for node in ordered} | {refusal.external_id for refusal in refused}
    gone = [row for key, row in stored.items() if key not in listed and row.is_active]
    found.missing = len(gone)
    found.missing_paths = [row.path for row in gone[:NAMED]]
    return found


def _name(places: list[Any], named: Any) -> None:
    if len(places) < NAMED:
        places.append(named)
