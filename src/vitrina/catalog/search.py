"""Finding products: the list page's queryset, portable over SQLite and PostgreSQL, and keyset pages.

Every word of the question must stand in `Product.search_text`, a folded line of title, external id, brand and
barcode; `word_index.py` says how each database finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from vitrina.catalog.models import PATH_SEPARATOR, Category, Product, ProductContent
from vitrina.lib.text import fold, normalise

MOST_WORDS = 12
MOST_OF_ONE_CODE = 1_000
LISTED = 100  # categories of a branch that are named one by one


def search_text(title: str, external_id: str, brand: str = "", barcode: str = "") -> str:
    """One folded line; the parts are apart, so that no word is found across a border."""
    return fold(" | ".join(filter(None, (title, external_id, brand, barcode))))


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What the list page asks for. None: either way."""

    text: str = ""
    has_category: bool | None = None
    has_description: bool | None = None  # a finished one, in `language`
    language: str = "ru"
    category_id: int | None = None  # with everything below it
    brand_id: int | None = None
    import_id: int | None = None  # what this import last changed
    is_available: bool | None = None


def find(products: QuerySet[Product], wanted: ProductFilter) -> QuerySet[Product]:
    """`products` narrowed; give `Product.objects.reachable_by(user)` or one seller's."""
    for word in fold(wanted.text).split()[:MOST_WORDS]:
        products = products.filter(search_text__contains=word)
    if wanted.has_category is not None:
        products = products.filter(category__isnull=not wanted.has_category)
    if wanted.has_description is not None:
        finished = Exists(
            ProductContent.objects.filter(product=OuterRef("pk"), language=wanted.language).exclude(
                description=""
            )
        )
        products = products.filter(finished if wanted.has_description else ~finished)
    if wanted.category_id is not None:
        products = _in_branch(products, wanted.category_id)
    if wanted.brand_id is not None:
        products = products.filter(brand_id=wanted.brand_id)
    if wanted.import_id is not None:
        products = products.filter(changed_in=wanted.import_id)
    if wanted.is_available is not None:
        products = products.filter(is_available=wanted.is_available)
    return products


def is_branch(category_id: int | None) -> bool:
    """Whether a category has others below it, whose products no walk in the order of a list meets. At most one query."""
    return category_id is not None and Category.objects.filter(parent=category_id).exists()


def by_code(products: QuerySet[Product], code: str) -> QuerySet[Product]:
    """Exactly this external id or barcode: what a scanner types. Two queries, each by its index, whosever products."""
    clean = normalise(code)
    every = Product.objects.order_by().values_list("pk", flat=True)
    found = [
        *every.filter(external_id=clean)[:MOST_OF_ONE_CODE],
        *every.filter(barcode=clean)[:MOST_OF_ONE_CODE],
    ]
    return products.filter(pk__in=found if clean else [])


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `before` leads on, `after` back; None: there is nothing that way."""

    items: Sequence[Product]
    before: int | None
    after: int | None


def page(
    products: QuerySet[Product], *, before: int | None = None, after: int | None = None, size: int = 50
) -> Page:
    """One page by key, as quick on the last page as on the first. Costs one query.

    `before`: products older than this id; `after`: the page of newer ones next to it; neither: the newest.
    """
    if after is not None:
        newer = list(products.filter(pk__gt=after).order_by("pk")[: size + 1])
        has_more, items = len(newer) > size, newer[:size][::-1]
        return Page(items, before=items[-1].pk if items else None, after=items[0].pk if has_more else None)
    narrowed = products.filter(pk__lt=before) if before is not None else products
    older = list(narrowed.order_by("-pk")[: size + 1])
    items = older[:size]
    return Page(
        items,
        before=items[-1].pk if len(older) > size else None,
        after=items[0].pk if before is not None and items else None,
    )


def _in_branch(products: QuerySet[Product], category_id: int) -> QuerySet[Product]:
    branch = Category.objects.filter(pk=category_id).first()
    if branch is None:
        return products.none()
    is_below = Q(tree=branch.tree, seller=branch.seller_id, path__startswith=branch.path + PATH_SEPARATOR)
    found = list(Category.objects.filter(is_below).values_list("pk", flat=True)[: LISTED + 1])
    if len(found) > LISTED:
        # One condition: of a list within a list PostgreSQL expects few, and sorts the products of all sellers.
        whole = Category.objects.filter(Q(pk=branch.pk) | is_below).order_by()
        return products.filter(category_id__in=whole.values("pk"))
    return products.filter(category_id__in=[branch.pk, *found])
