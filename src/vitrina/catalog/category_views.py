"""Doors of the tree of categories: seen branch by branch, found by words, changed one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog import categories, reshaping
from vitrina.catalog.categories import COLLECTION
from vitrina.catalog.category_choice import visible_to
from vitrina.catalog.models import Category, Product
from vitrina.catalog.schema_editing import whole_schema
from vitrina.lib.text import fold
from vitrina.retrieval import documents

SHOWN = 100
EXAMPLES = 12
EXAMPLES_COUNTED = 500
TARGETS = 12


@require_safe
def categories_page(request: PersonRequest) -> HttpResponse:
    """The roots, or what the words find; branches open by themselves."""
    words = request.GET.get("q", "").strip()[:200]
    tree = request.GET.get("tree", "")[:40]
    with_removed = request.GET.get("removed") == "1"
    known = visible_to(request.user)
    trees = list(known.order_by("tree").values_list("tree", flat=True).distinct())
    rows = known.filter(tree=tree)
    viewable = list(Seller.objects.reachable_by(request.user).order_by("name"))
    seller_id = next((one.pk for one in viewable if str(one.pk) == request.GET.get("seller", "")), None)
    if seller_id is not None:
        rows = rows.filter(Q(seller=None) | Q(seller_id=seller_id))
    if not with_removed:
        rows = rows.filter(is_active=True)
    found = _found(rows, words) if words else rows.filter(parent=None)
    shown = _for_the_tree(found.order_by("path", "pk")[: SHOWN + 1], request)
    editable = list(Seller.objects.reachable_by(request.user, Right.EDIT_CATALOGUE).order_by("name"))
    return page_or_part(
        request,
        "catalog/categories.html",
        "catalog/category_list.html",
        {
            "categories": shown[:SHOWN],
            "is_more": len(shown) > SHOWN,
            "most": SHOWN,
            "words": words,
            "tree": tree,
            "trees": trees if len(trees) > 1 else [],
            "with_removed": with_removed,
            "sellers": editable,
            "viewable": viewable if len(viewable) > 1 else [],
            "seller_id": seller_id,
            "names_sellers": len(viewable) > 1 and seller_id is None,
        },
    )


@require_safe
def category_branch(request: PersonRequest, pk: int) -> HttpResponse:
    """What stands right below one category, for the tree that opens it."""
    category = visible_category(request, pk)
    rows = category.children.filter(pk__in=visible_to(request.user))
    if request.GET.get("removed") != "1":
        rows = rows.filter(is_active=True)
    shown = _for_the_tree(rows.order_by("name", "pk")[: SHOWN + 1], request)
    return page_or_part(
        request,
        "catalog/category_branch_page.html",
        "catalog/category_branch.html",
        {"category": category, "categories": shown[:SHOWN], "is_more": len(shown) > SHOWN},
    )


def _found(rows: QuerySet[Category], words: str) -> QuerySet[Category]:
    """As many as are shown, in the order of their paths: every word stands in the path or a synonym.

    Folded in Python, since SQLite compares Cyrillic letters by case.
    """
    wanted = fold(words).split()
    said = rows.order_by("path", "pk").values_list("pk", "path", "synonyms").iterator()
    folded = ((pk, fold(" ".join([path, *synonyms]))) for pk, path, synonyms in said)
    met = (pk for pk, text in folded if all(word in text for word in wanted))
    return rows.filter(pk__in=list(islice(met, SHOWN + 1)))


def _for_the_tree(rows: QuerySet[Category], request: PersonRequest) -> list[Any]:
    """With own products and whether anything stands below. Two queries.

    A shared category holds other sellers' products, too; nobody learns how many.
    """
    # One set for all rows: asked with each of them, PostgreSQL may read the whole tree as many times.
    parents = Category.objects.filter(parent__isnull=False, is_active=True).order_by().values("parent")
    opens = ExpressionWrapper(Q(pk__in=parents), output_field=BooleanField())
    found = rows.select_related("seller").defer("synced", "attribute_schema")
    shown = list(found.annotate(has_children=opens))
    own = Product.objects.reachable_by(request.user).filter(category__in=[row.pk for row in shown])
    counts = dict(own.order_by().values_list("category").annotate(n=Count("*")))
    for row in shown:
        row.product_count = counts.get(row.pk, 0)  # type: ignore[attr-defined]
    return shown


@require_safe
def category_page(request: PersonRequest, pk: int) -> HttpResponse:
    category = visible_category(request, pk)
    can_edit = visible_to(request.user, Right.EDIT_CATALOGUE).filter(pk=pk).exists()
    words = request.GET.get("target", "").strip()[:200]
    keys = documents.members(COLLECTION, str(category.pk), most=EXAMPLES_COUNTED)
    examples = _examples(request, keys)
    branch = [category.pk, *reshaping.below(category).filter(is_active=True).values_list("pk", flat=True)]
    own = Product.objects.reachable_by(request.user)
    return page_or_part(
        request,
        "catalog/category.html",
        "catalog/category_body.html",
        {
            "category": category,
            "synonyms_text": "\n".join(category.synonyms),
            "children": _for_the_tree(
                category.children.filter(is_active=True).order_by("name")[:200], request
            ),
            "product_count": own.filter(category=category).count(),
            "branch_categories": len(branch),
            "branch_products": own.filter(category__in=branch).count() if len(branch) > 1 else None,
            "examples": examples[:EXAMPLES],
            "example_count": len(examples),
            "examples_counted": EXAMPLES_COUNTED,
            "can_edit": can_edit,
            "attributes": whole_schema(category),
            "target_words": words,
            "targets": _targets(category, words) if can_edit and words else [],
        },
    )


def _examples(request: PersonRequest, keys: Iterable[str]) -> list[Product]:
    """Confirmed products of the reader's sellers, the latest first."""
    ids = [int(number) for key in keys if (number := key.partition("product:")[2]).isdecimal()]
    own = Product.objects.reachable_by(request.user).filter(pk__in=ids).only("pk", "title", "seller_id")
    known = {product.pk: product for product in own}
    return [known[pk] for pk in ids if pk in known]


def _targets(category: Category, words: str) -> list[Category]:
    """Categories of the same tree that it could go to, the shortest path first."""
    same = Category.objects.filter(seller=category.seller_id, tree=category.tree, is_active=True)
    same = same.exclude(pk=category.pk).exclude(pk__in=reshaping.below(category))
    found = _found(same, words).only("pk", "path")
    return sorted(found, key=lambda row: (len(row.path), row.path))[:TARGETS]


# --- Changing it ------------------------------------------------------------------------------------------


@require_POST
def category_synonyms(request: PersonRequest, pk: int) -> HttpResponse:
    category = editable_category(request, pk)
    before = list(category.synonyms)
    categories.edit(category, synonyms=request.POST.get("synonyms", "")[:20_000].splitlines())
    audit.record(
        "category.synonyms",
        category,
        by=request.user,
        before={"synonyms": before},
        after={"synonyms": category.synonyms},
    )
    messages.success(request, _("Saved. The next runs find this category by these words, too."))
    return redirect("category", pk=pk)


@require_POST
def category_addition(request: PersonRequest) -> HttpResponse:
    """Below a parent, or at the top of a seller's own tree."""
    parent = None
    if request.POST.get("parent"):
        parent = editable_category(request, as_number(request.POST["parent"]))
        seller, tree = parent.seller, parent.tree
    else:
        allowed = Seller.objects.reachable_by(request.user, Right.EDIT_CATALOGUE)
        if not allowed.exists():
            raise PermissionDenied
        seller, tree = allowed.filter(pk=as_number(request.POST.get("seller", ""))).first(), ""
        if seller is None:
            raise Http404
    try:
        row = reshaping.add(
            request.POST.get("name", ""), seller=seller, tree=tree, parent=parent, by=request.user
        )
    except reshaping.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("category", pk=parent.pk) if parent else redirect("categories")
    messages.success(request, _("Added. Give it the words that suppliers use, and it is found."))
    return redirect("category", pk=row.pk)


@require_POST
def category_naming(request: PersonRequest, pk: int) -> HttpResponse:
    category = editable_category(request, pk)
    return _try(
        request,
        category,
        lambda: reshaping.rename(
            category, request.POST.get("name", ""), name_en=request.POST.get("name_en", ""), by=request.user
        ),
        lambda _row: _("Renamed. Paths below it follow."),
    )


@require_POST
def category_moving(request: PersonRequest, pk: int) -> HttpResponse:
    """`target`: the new parent; empty: to the top."""
    category = editable_category(request, pk)
    given = request.POST.get("target", "")
    parent = editable_category(request, as_number(given)) if given else None
    return _try(
        request, category, lambda: reshaping.move(category, parent, by=request.user),
        lambda row: _("It stands at «%(path)s» now.") % {"path": row.path},
    )  # fmt: skip


@require_POST
def category_merging(request: PersonRequest, pk: int) -> HttpResponse:
    category = editable_category(request, pk)
    into = editable_category(request, as_number(request.POST.get("target", "")))
    return _try(
        request, category, lambda: reshaping.merge(category, into, by=request.user),
        lambda moved: _merged(moved, into), to=into.pk,
    )  # fmt: skip


def _merged(moved: int, into: Category) -> str:
    words = ngettext(
        "Merged: %(count)s product stands in «%(path)s» now.", "Merged: %(count)s products stand in «%(path)s» now.", moved
    )  # fmt: skip
    return words % {"count": moved, "path": into.path}


@require_POST
def category_removal(request: PersonRequest, pk: int) -> HttpResponse:
    """`products`: "parent" gives them to the category above, anything else leaves them without one."""
    category = editable_category(request, pk)
    to = category.parent if request.POST.get("products") == "parent" else None
    return _try(
        request, category, lambda: reshaping.take_out(category, products_to=to, by=request.user),
        lambda moved: _("Taken out of the tree; products that stood there: %(count)s. It can be put back.") % {"count": moved},
    )  # fmt: skip


@require_POST
def category_return(request: PersonRequest, pk: int) -> HttpResponse:
    category = editable_category(request, pk)
    return _try(
        request,
        category,
        lambda: reshaping.put_back(category, by=request.user),
        lambda _row: _("It is back."),
    )


def _try(
    request: PersonRequest,
    category: Category,
    deed: Callable[[], Any],
    words: Callable[[Any], str],
    *,
    to: int | None = None,
) -> HttpResponse:
    try:
        result = deed()
    except reshaping.Refused as refusal:
        messages.error(request, str(refusal))
        to = None
    else:
        messages.success(request, words(result))
    return redirect(reverse("category", kwargs={"pk": to or category.pk}))


def visible_category(request: PersonRequest, pk: int) -> Category:
    """Raises Http404."""
    category = visible_to(request.user).select_related("parent", "seller").filter(pk=pk).first()
    if category is None:
        raise Http404
    return category


def editable_category(request: PersonRequest, pk: int) -> Category:
    """A shared category is seen by all, and changed by a superuser alone."""
    row = (
        visible_to(request.user, Right.EDIT_CATALOGUE)
        .select_related("parent", "seller")
        .filter(pk=pk)
        .first()
    )
    if row is not None:
        return row
    if visible_to(request.user).filter(Q(pk=pk)).exists():
        raise PermissionDenied
    raise Http404


def as_number(text: str) -> int:
    """An id of an address or a form. Raises Http404."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)
