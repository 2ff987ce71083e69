"""What a person does to the tree: add, move, merge, take out, put back. Products, paths and the index follow.

Nothing is lost by it: a category that is taken out keeps its row, so that past decisions on it stay true, and a later
sync of the tree leaves it out; it can be put back.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.catalog import categories
from vitrina.catalog.category_tree import LONGEST
from vitrina.catalog.models import PATH_SEPARATOR, Category, Product
from vitrina.lib.text import fold, normalise
from vitrina.retrieval import documents


class Refused(ValueError):
    """It can't be done; the message says why, and nothing was changed."""


def add(
    name: str,
    *,
    seller: Seller | None,
    tree: str = "",
    parent: Category | None = None,
    by: User | None = None,
) -> Category:
    """A new leaf. Raises Refused."""
    name = _clean_name(name)
    with transaction.atomic():
        _require_free(name, parent, seller, tree)
        row = Category(
            seller=seller, tree=tree, external_id=f"own-{secrets.token_hex(8)}", name=name, parent=parent,
            path=_path(parent, name),
        )  # fmt: skip
        _require_short(row.path)
        row.save()
        if parent is not None:
            _mark_leaf(parent, is_leaf=False)
        categories.index([row])
        audit.record("category.added", row, by=by, after={"path": row.path})
    return row


def rename(category: Category, name: str, *, name_en: str, by: User | None = None) -> Category:
    """Raises Refused. A later sync keeps the name."""
    name, name_en = _clean_name(name), normalise(name_en)[: LONGEST["name"]]
    before = {"name": category.name, "name_en": category.name_en}
    if before == {"name": name, "name_en": name_en}:
        return category
    with transaction.atomic():
        if fold(name) != fold(category.name):
            _require_free(name, category.parent, category.seller, category.tree)
        _require_short_below(category, _path(category.parent, name))
        categories.edit(category, name=name, name_en=name_en)
        audit.record(
            "category.renamed", category, by=by, before=before, after={"name": name, "name_en": name_en}
        )
    return category


def move(category: Category, parent: Category | None, *, by: User | None = None) -> Category:
    """Under another parent, or to the top, with all below it. Raises Refused. A later sync keeps it there."""
    if (parent.pk if parent else None) == category.parent_id:
        return category
    with transaction.atomic():
        category = Category.objects.select_for_update().get(pk=category.pk)
        if parent is not None:
            _require_same_tree(category, parent)
            if parent.pk in {category.pk, *below(category).values_list("pk", flat=True)}:
                raise Refused(_("A category can't stand below itself."))
        _require_free(category.name, parent, category.seller, category.tree)
        _require_short_below(category, _path(parent, category.name))
        before, old = category.path, category.parent
        category.parent = parent
        category.synced = {**category.synced, "moved": True}
        category.save(update_fields=["parent", "synced", "updated_at"])
        categories.refresh_paths(category)
        if parent is not None:
            _mark_leaf(parent, is_leaf=False)
        if old is not None:
            _mark_leaf(old, is_leaf=not old.children.filter(is_active=True).exists())
        audit.record(
            "category.moved", category, by=by, before={"path": before}, after={"path": category.path}
        )
    return category


def merge(category: Category, into: Category, *, by: User | None = None) -> int:
    """Its products, confirmed examples, synonyms and children go to another one; it is taken out.

    Returns how many products went. Raises Refused.
    """
    _require_same_tree(category, into)
    if into.pk in {category.pk, *below(category).values_list("pk", flat=True)}:
        raise Refused(_("A category can't be merged into itself or into one below it."))
    with transaction.atomic():
        moved = _give_products(Product.objects.filter(category=category), into)
        documents.move_members(
            categories.COLLECTION, str(category.pk), to=str(into.pk), payload={"category_id": into.pk}
        )
        for child in category.children.filter(is_active=True):
            move(child, into, by=by)
        categories.edit(into, synonyms=[*into.synonyms, category.name, *category.synonyms])
        before = {"path": category.path, "synonyms": list(category.synonyms)}
        _take_out([category])
        audit.record(
            "category.merged", category, by=by, before=before, after={"into": into.path, "products": moved}
        )
    return moved


def take_out(category: Category, *, products_to: Category | None = None, by: User | None = None) -> int:
    """With all below it, out of the tree. Its products go to another category, or have none. Returns how many."""
    branch = [category, *below(category)]
    ids = [row.pk for row in branch]
    if products_to is not None:
        _require_same_tree(category, products_to)
        if products_to.pk in ids:
            raise Refused(_("The products can't go to a category that is taken out, too."))
    with transaction.atomic():
        moved = _give_products(Product.objects.filter(category__in=ids), products_to)
        for row in branch:
            documents.remove(categories.COLLECTION, documents.members(categories.COLLECTION, str(row.pk)))
        _take_out(branch)
        audit.record(
            "category.removed", category, by=by, before={"path": category.path, "categories": len(ids)},
            after={"products": moved, "products_to": products_to.path if products_to else None},
        )  # fmt: skip
    return moved


def put_back(category: Category, *, by: User | None = None) -> Category:
    """Into the tree again, under its parent. Its products stay where they went."""
    if category.parent is not None and not category.parent.is_active:
        raise Refused(
            _("Put back «%(parent)s» first, it stands below that.") % {"parent": category.parent.name}
        )
    with transaction.atomic():
        _require_free(category.name, category.parent, category.seller, category.tree)
        categories.edit(category, is_active=True)
        if category.parent is not None:
            _mark_leaf(category.parent, is_leaf=False)
        audit.record("category.put_back", category, by=by, after={"path": category.path})
    return category


def below(category: Category) -> QuerySet[Category]:
    """All below it, by their paths."""
    return Category.objects.filter(
        seller=category.seller_id, tree=category.tree, path__startswith=category.path + PATH_SEPARATOR
    ).exclude(pk=category.pk)


def _give_products(products: QuerySet[Product], to: Category | None) -> int:
    columns: dict[str, Any] = {"category": to, "version": F("version") + 1, "updated_at": timezone.now()}
    if to is None:
        columns |= {"category_source": "", "category_confidence": None}
    return products.update(**columns)


def _take_out(branch: Sequence[Category]) -> None:
    for row in branch:
        row.is_active = False
    Category.objects.filter(pk__in=[row.pk for row in branch]).update(
        is_active=False, updated_at=timezone.now()
    )
    categories.index(branch)
    top = branch[0]
    if top.parent is not None:
        _mark_leaf(top.parent, is_leaf=not top.parent.children.filter(is_active=True).exists())


def _mark_leaf(category: Category, *, is_leaf: bool) -> None:
    if category.is_leaf != is_leaf:
        category.is_leaf = is_leaf
        category.save(update_fields=["is_leaf", "updated_at"])
        categories.index([category])


def _path(parent: Category | None, name: str) -> str:
    return f"{parent.path}{PATH_SEPARATOR}{name}" if parent else name


def _clean_name(name: str) -> str:
    clean = normalise(name)
    if not clean:
        raise Refused(_("A category needs a name."))
    if PATH_SEPARATOR.strip() in clean:
        raise Refused(_("A name can't hold «>»: it parts the names of a path."))
    if len(clean) > LONGEST["name"]:
        raise Refused(
            _("The name has %(length)s characters, the limit is %(limit)s.")
            % {"length": len(clean), "limit": LONGEST["name"]}
        )
    return clean


def _require_free(name: str, parent: Category | None, seller: Seller | None, tree: str) -> None:
    beside = Category.objects.filter(seller=seller, tree=tree, parent=parent, is_active=True)
    if fold(name) in {fold(known) for known in beside.values_list("name", flat=True)}:
        raise Refused(_("There is a category «%(name)s» at this place already.") % {"name": name})


def _require_same_tree(one: Category, other: Category) -> None:
    if (one.seller_id, one.tree) != (other.seller_id, other.tree):
        raise Refused(_("Both categories must stand in the same tree of the same seller."))


def _require_short(path: str) -> None:
    if len(path) > LONGEST["path"]:
        raise Refused(
            _("The path would have %(length)s characters, the limit is %(limit)s.")
            % {"length": len(path), "limit": LONGEST["path"]}
        )


def _require_short_below(category: Category, path: str) -> None:
    """A longer path here is a longer path for everything below."""
    longest = below(category).aggregate(most=Max(Length("path")))["most"] or len(category.path)
    _require_short("x" * (longest - len(category.path) + len(path)))
