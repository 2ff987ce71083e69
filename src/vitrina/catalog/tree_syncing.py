"""A tree from a file as a job: thousands of rows and their search documents are more than a page waits for."""

from __future__ import annotations

from typing import Any, BinaryIO

from django.db import transaction

from vitrina.accounts.models import Seller, User
from vitrina.catalog import categories, importing
from vitrina.catalog.tree_file import read_tree
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.jobs.models import Job
from vitrina.lib import files

KIND = "catalog.tree"
LET_GO = "catalog.tree_file"
KEPT_SECONDS = 24 * 3600.0


def keep(file: BinaryIO, suffix: str) -> str:
    """A copy in the storage until tomorrow; its name."""
    name = files.new_name("trees", suffix)
    files.storage().save(name, file)
    enqueue(LET_GO, {"name": name}, key=name, delay_seconds=KEPT_SECONDS)
    return name


def start(name: str, *, seller: Seller, tree: str, retire_missing: bool, by: User | None = None) -> Job:
    """Queue the sync of a kept file. Raises QueueFull."""
    with transaction.atomic():
        return enqueue(
            KIND,
            {"name": name, "tree": tree, "retire_missing": retire_missing},
            key=name,
            seller_id=seller.pk,
            priority=Priority.SYNC,
            lane=f"tree:{seller.pk}",
            title=tree,
            created_by_id=by.pk if by else None,
        )


def run(name: str, *, seller: Seller, tree: str, retire_missing: bool) -> dict[str, Any]:
    """Raises FileNotFoundError, or ValueError in words. The same file again changes nothing."""
    with importing.local_copy(name) as path:
        report = categories.sync(read_tree(path), seller=seller, tree=tree, retire_missing=retire_missing)
    return {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "missing": report.missing,
        "retired": report.retired,
        "refused": len(report.refused),
    }
