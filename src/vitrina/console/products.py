"""The list of products: search, filters with their chips, saved views, orders; and what its fields may be told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vitrina.accounts.doors import PersonRequest, sellers_of
from vitrina.accounts.models import Seller, User, roles_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import RIGHTS, Right, Role
from vitrina.catalog.brands import brand_key
from vitrina.catalog.category_choice import choices
from vitrina.catalog.models import Brand, Category, Product, ProductContent, ProductImage
from vitrina.catalog.pictures.addresses import thumb_of
from vitrina.console import saved_views
from vitrina.console.bulk_words import DEEDS
from vitrina.console.counting import COUNT_UP_TO, counted_by_walking
from vitrina.console.models import SavedView
from vitrina.console.product_filter import (
    BAND_NAMES,
    GRAVEST_NAMES,
    LANGUAGE_NAMES,
    SHOWN_NAMES,
    SOURCE_NAMES,
    chips,
    filter_of,
    number,
    stated,
)
from vitrina.console.product_order import ORDERS, order_of, screen
from vitrina.enrichment import runs
from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.enrichment.options import RunOptions

PAGE = 50
CHOICES = 20
# What stands behind «more filters».
MORE = ("branch", "category", "brand", "language", "confidence", "findings", "since", "source", "import")


@require_safe
def products_page(request: PersonRequest) -> HttpResponse:
    home = saved_views.home_of(request)
    if home and not request.META.get("QUERY_STRING"):
        return redirect(saved_views.address_of(home))
    sellers = sellers_of(request.user)
    seller_ids = [seller.pk for seller in sellers]
    wanted = filter_of(request.GET, seller_ids)
    order = order_of(request.GET.get("order"))
    products, walked = wanted.to_walk(seller_ids)
    shown = screen(
        products, order, before=request.GET.get("before"), after=request.GET.get("after"), size=PAGE,
        sellers=walked, count_up_to=COUNT_UP_TO + 1,
    )  # fmt: skip
    found = counted_by_walking(products, walked) if shown.found is None else shown.found
    rights = rights_by_seller(request.user, seller_ids)
    all_rights = frozenset[Right]().union(*rights.values())
    query = stated(request.GET)
    return page_or_part(
        request,
        "console/products.html",
        "console/product_list.html",
        {
            "slice": shown,
            "rows": rows_of(shown.ids),
            "wanted": wanted,
            "chips": chips(request.GET, wanted, sellers),
            "more_worn": sum(bool(request.GET.get(name)) for name in MORE),
            "order": order,
            "orders": ORDERS.values(),
            "found": min(found, COUNT_UP_TO),
            "is_more": found > COUNT_UP_TO,
            "sellers": sellers,
            "has_many_sellers": len(sellers) > 1,
            "sources": [
                (source, SOURCE_NAMES.get(source, source))
                for source in sorted({seller.source for seller in sellers})
            ],
            "statuses": [(shown.value, name) for shown, name in SHOWN_NAMES.items()],
            "bands": BAND_NAMES.items(),
            "graves": GRAVEST_NAMES.items(),
            "languages_of_texts": LANGUAGE_NAMES.items(),
            "views": list(SavedView.objects.of(request.user).select_related("user", "seller")),
            "view": number(request.GET.get("view")),
            "home": home,
            "editable": [seller for seller in sellers if Right.EDIT_CATALOGUE in rights[seller.pk]],
            "deeds": [(key, deed) for key, deed in DEEDS.items() if deed.right in all_rights],
            "query": query,
            "back": f"?{urlencode({'in': query})}" if query else "",
        },
    )


def rights_by_seller(user: User, seller_ids: list[int]) -> dict[int, frozenset[Right]]:
    """What a person may do in each of their sellers: one query, none for a superuser."""
    if user.is_superuser:
        return dict.fromkeys(seller_ids, frozenset(Right))
    held = {seller_id: RIGHTS[Role(role)] for seller_id, role in roles_of(user).items() if role in set(Role)}
    return {seller_id: held.get(seller_id, frozenset()) for seller_id in seller_ids}


def rows_of(ids: list[int]) -> list[dict[str, Any]]:
    """What the rows of a screenful show, in its order. One query; no objects, four of which a row would need."""
    last_log = ProcessingLog.objects.filter(product=OuterRef("pk")).order_by("-pk")
    content = ProductContent.objects.filter(product=OuterRef("pk")).order_by("-language")
    images = ProductImage.objects.filter(product=OuterRef("pk")).order_by().values("product")
    first_picture = ProductImage.objects.filter(product=OuterRef("pk"), picture__isnull=False)
    found = Product.objects.filter(pk__in=ids).values(
        "pk", "seller_id", "external_id", "title", "price", "currency", "category_source", "category_confidence", "updated_at",
        seller_name=F("seller__name"),
        brand_name=F("brand__name"),
        category_name=F("category__name"),
        last_status=Subquery(last_log.values("status")[:1]),
        gravest=Subquery(last_log.values("gravest")[:1]),
        card_title=Subquery(content.values("title")[:1]),
        pictures=Subquery(images.annotate(n=Count("*")).values("n")),
        picture_digest=Subquery(first_picture.values("picture__digest")[:1]),
    )  # fmt: skip
    labels, pick = dict(Status.choices), _("Select %(title)s")
    by_id = {
        product["pk"]: {
            **product,
            "last_status_name": labels.get(product["last_status"], ""),
            "pick": pick % {"title": product["title"]},
            "thumb": thumb_of(product["seller_id"], product["picture_digest"])
            if product["picture_digest"]
            else "",
        }
        for product in found
    }
    return [by_id[pk] for pk in ids if pk in by_id]


@require_safe
def product_choices(request: PersonRequest, what: str) -> HttpResponse:
    """Suggestions for a field, as options of its list: categories by words, brands by beginning."""
    asked = request.GET
    words = asked.get("brand", "") if what == "brands" else asked.get("branch") or asked.get("category", "")
    words = words.strip()[:200]
    sellers = [seller.pk for seller in sellers_of(request.user)]
    if what == "brands":
        rows = Brand.objects.filter(key__startswith=brand_key(words)) if words else Brand.objects.all()
        known = rows.filter(Exists(Product.objects.filter(seller__in=sellers, brand=OuterRef("pk"))))
        options = list(known.values_list("name", flat=True)[:CHOICES])
    elif words and len(sellers) == 1:
        options = [category.path for category in choices(words, seller_id=sellers[0])]
    else:
        near = Category.objects.filter(Q(seller=None) | Q(seller__in=sellers), tree="", is_active=True)
        options = list(
            near.filter(Q(path__icontains=words)).order_by("path").values_list("path", flat=True)[:CHOICES]
        )
    return render(request, "console/product_choices.html", {"options": options})


def options_of(request: HttpRequest, seller: Seller) -> RunOptions:
    """What the form of a run says (a text, a category, in which language) over what the seller wants anyway."""
    return wishes_of(request.POST, seller)


def wishes_of(said: QueryDict, seller: Seller) -> RunOptions:
    language = said.get("language", "")
    return runs.options_for(
        seller,
        describe="describe" in said,
        categorize={"auto": None, "yes": True}.get(said.get("categorize", ""), False),
        language=language if language in dict(settings.LANGUAGES) else seller.language,
        require_attributes="require_attributes" in said,
        force="force" in said,
        fresh="fresh" in said,
        remark=said.get("remark", "").strip()[:2000],
    )
