"""The list of products: search, filters, and runs over a selection."""

from __future__ import annotations

from collections import defaultdict

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, sellers_of
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Product, ProductContent
from vitrina.console.product_filter import SHOWN_NAMES, ProductFilter
from vitrina.enrichment import runs
from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.selection import Selection

PAGE = 50
SELECT_UP_TO = 5_000
COUNT_UP_TO = 10_000  # beyond it the page says «more than», because counting a million rows takes its time


@require_safe
def products_page(request: PersonRequest) -> HttpResponse:
    wanted = ProductFilter.of(request.GET)
    products = wanted.products(request.user)
    last_log = ProcessingLog.objects.filter(product=OuterRef("pk")).order_by("-pk")
    content = ProductContent.objects.filter(product=OuterRef("pk")).order_by("language")
    screen = by_key(
        products.select_related("seller", "category", "brand")
        .defer("description", "attributes", "ai_extracted")
        .annotate(
            last_status=Subquery(last_log.values("status")[:1]),
            card_title=Subquery(content.values("title")[:1]),
        ),
        request,
        size=PAGE,
    )
    labels = dict(Status.choices)
    for product in screen.rows:
        product.last_status_name = labels.get(product.last_status, "")  # type: ignore[attr-defined]
    sellers = sellers_of(request.user)
    found = products.order_by()[: COUNT_UP_TO + 1].count()
    return page_or_part(
        request,
        "console/products.html",
        "console/product_list.html",
        {
            "slice": screen,
            "wanted": wanted,
            "found": min(found, COUNT_UP_TO),
            "is_more": found > COUNT_UP_TO,
            "sellers": sellers,
            "statuses": [(shown.value, name) for shown, name in SHOWN_NAMES.items()],
            "can_enrich": any(True for _seller in sellers_of(request.user, Right.ENRICH)),
            "query": request.GET.urlencode(),
        },
    )


@require_POST
def selection_enrichment(request: PersonRequest) -> HttpResponse:
    """Start a batch over the ticked products, or over all that the filter finds; one batch for each seller."""
    if not sellers_of(request.user, Right.ENRICH):
        raise PermissionDenied
    if request.POST.get("scope") == "filter":
        products = ProductFilter.of(QueryDict(request.POST.get("query", ""))).products(
            request.user, Right.ENRICH
        )
    else:
        ids = [
            int(text)
            for text in request.POST.getlist("ids")
            if text.isascii() and text.isdigit() and len(text) < 19
        ]
        products = Product.objects.reachable_by(request.user, Right.ENRICH).filter(pk__in=ids[:SELECT_UP_TO])
    chosen: dict[int, list[int]] = defaultdict(list)
    for pk, seller_id in products.order_by("pk").values_list("pk", "seller_id")[: SELECT_UP_TO + 1]:
        chosen[seller_id].append(pk)
    size = sum(map(len, chosen.values()))
    if size > SELECT_UP_TO or not size:
        messages.error(
            request,
            _("More than %(most)s products are selected. Nothing was started: narrow the filter.")
            % {"most": SELECT_UP_TO}
            if size
            else _("No product is selected that you may enrich. Nothing was started."),
        )
        return redirect(f"{reverse('products')}?{request.POST.get('query', '')}")
    if "describe" not in request.POST and request.POST.get("categorize") == "no":
        messages.error(
            request, _("Nothing is switched on for this run. Ask for a description or a category.")
        )
        return redirect(f"{reverse('products')}?{request.POST.get('query', '')}")
    title = ngettext("%(count)s selected product", "%(count)s selected products", size) % {"count": size}
    sellers = Seller.objects.in_bulk(list(chosen))
    with transaction.atomic():
        batches = [
            runs.start_batch(
                Selection(seller_id=seller_id, product_ids=tuple(ids)),
                options_of(request, sellers[seller_id]),
                by=request.user,
                title=title,
            )
            for seller_id, ids in chosen.items()
        ]
    return redirect("job", pk=batches[0].pk) if len(batches) == 1 else redirect("jobs")


def options_of(request: HttpRequest, seller: Seller) -> RunOptions:
    """What the form of a run says (a text, a category, in which language) over what the seller wants anyway."""
    language = request.POST.get("language", "")
    return runs.options_for(
        seller,
        describe="describe" in request.POST,
        categorize={"auto": None, "yes": True}.get(request.POST.get("categorize", ""), False),
        language=language if language in dict(settings.LANGUAGES) else seller.language,
        force="force" in request.POST,
        fresh="fresh" in request.POST,
        remark=request.POST.get("remark", "").strip()[:2000],
    )
