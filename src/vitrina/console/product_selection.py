"""What is done to many products: first a page that says what will happen and what it costs, then a batch."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, sellers_of
from vitrina.accounts.models import Seller
from vitrina.accounts.proving import require_fresh_password
from vitrina.accounts.roles import Right
from vitrina.catalog import exporting, limits
from vitrina.catalog.category_choice import choices
from vitrina.catalog.exporting import ExportOptions
from vitrina.catalog.forms import ExportForm
from vitrina.catalog.models import Category, Product
from vitrina.catalog.pushing import planning
from vitrina.catalog.pushing.forms import PushForm, taking_cards
from vitrina.channels.models import Connection
from vitrina.console.bulk_words import DEEDS
from vitrina.console.product_filter import chips, filter_of, number, stated
from vitrina.console.products import wishes_of
from vitrina.console.templatetags.studio import number as grouped
from vitrina.enrichment import bulk
from vitrina.enrichment.estimate import by_pace, estimate
from vitrina.enrichment.models import ModerationItem
from vitrina.enrichment.options import NothingAsked
from vitrina.enrichment.selection import Selection
from vitrina.jobs.enqueue import QueueFull
from vitrina.lib.moments import storable

MOST_TICKED = 1_000  # ids in one form; a filter takes any number
SAMPLE = 5


class Refused(Exception):
    """Nothing was started; the message says why and what to do."""


@dataclass(frozen=True)
class Chosen:
    """What was ticked, or the filter with the moment when it was looked at: what is counted is what is done."""

    said: QueryDict
    sellers: list[Seller]
    right: Right
    at: datetime
    until: int | None

    @property
    def is_filter(self) -> bool:
        return self.said.get("scope") == "filter"

    @property
    def query(self) -> str:
        return stated(QueryDict(self.said.get("query", "")[:2000]))

    @property
    def ids(self) -> list[int]:
        ids = (number(text) for text in self.said.getlist("ids")[: MOST_TICKED + 1])
        return sorted({pk for pk in ids if pk is not None})

    def selection(self, seller_id: int) -> Selection:
        common: dict[str, Any] = {"seller_id": seller_id, "until_id": self.until, "unchanged_since": self.at}
        if not self.is_filter:
            return Selection(**common, product_ids=tuple(self.ids))
        return Selection(
            **common, filter=filter_of(QueryDict(self.query), [seller.pk for seller in self.sellers])
        )

    def products(self, user: Any) -> QuerySet[Product]:
        """Of all sellers in which the person holds the right."""
        rows = Product.objects.reachable_by(user, self.right).filter(updated_at__lte=self.at)
        if self.until is not None:
            rows = rows.filter(pk__lte=self.until)
        if not self.is_filter:
            return rows.filter(pk__in=self.ids)
        ids = [seller.pk for seller in self.sellers]
        return filter_of(QueryDict(self.query), ids).narrow(rows, ids)


@require_safe
def selection_page(request: PersonRequest, deed: str) -> HttpResponse:
    """What will be done, to how many, at what cost. Nothing happens yet."""
    return _page(request, deed, _chosen(request, deed, request.GET))


@require_POST
def selection_start(request: PersonRequest, deed: str) -> HttpResponse:
    chosen = _chosen(request, deed, request.POST)
    counts = bulk.count_by_seller(chosen.products(request.user))
    if not counts:
        messages.error(request, _("No product is selected with which you may do this. Nothing was started."))
        return redirect(f"{reverse('products')}?{chosen.query or 'all=1'}")
    try:
        with transaction.atomic():
            return STARTS.get(deed, _start_batch)(request, deed, chosen, counts)
    except (Refused, QueueFull) as refusal:
        messages.error(request, str(refusal))
        return _page(request, deed, chosen, status=422)


def _chosen(request: PersonRequest, deed: str, said: QueryDict) -> Chosen:
    if deed not in DEEDS:
        raise Http404
    right = DEEDS[deed].right
    sellers = sellers_of(request.user, right)
    if not sellers:
        raise PermissionDenied
    if deed == "deletion":
        # What can't be undone is not for whoever finds a browser open.
        require_fresh_password(request)
    now = timezone.now()
    at = _moment(said.get("at")) or now
    return Chosen(said, sellers, right, min(at, now), number(said.get("until")))


def _page(request: PersonRequest, deed: str, chosen: Chosen, *, status: int = 200) -> HttpResponse:
    products = chosen.products(request.user)
    counts = bulk.count_by_seller(products)
    count = sum(counts.values())
    until = chosen.until or products.order_by("-pk").values_list("pk", flat=True).first()
    words = chosen.said.get("category_words", "").strip()[:200]
    query = QueryDict(chosen.query)
    return render(
        request,
        "console/product_selection.html",
        {
            "key": deed,
            "deed": DEEDS[deed],
            "chosen": chosen,
            "chips": chips(query, filter_of(query, [seller.pk for seller in chosen.sellers]), chosen.sellers)
            if chosen.is_filter
            else [],
            "count": count,
            "until": until,
            "at": chosen.at.isoformat(),
            "ticked": len(chosen.ids),
            "token": chosen.said.get("token") or secrets.token_hex(8),
            "sample": list(products.only("title", "external_id").order_by("-pk")[:SAMPLE]),
            "portion": bulk.PORTION,
            "by_seller": [
                (
                    seller,
                    estimate(seller.pk, counts[seller.pk]) if deed == "enrichment" else None,
                    by_pace(seller.pk, counts[seller.pk]) if deed == "enrichment" else None,
                )
                for seller in chosen.sellers
                if seller.pk in counts
            ],
            "words": words,
            "found": choices(words, seller_id=next(iter(counts), 0))
            if words and deed == "category"
            else None,
            "waiting": _waiting(request, products) if deed == "approval" else None,
            "form": ExportForm(sellers=Seller.objects.filter(pk__in=list(counts)))
            if deed == "export"
            else _push_form(request, counts)
            if deed == "push"
            else None,
        },
        status=status,
    )


def _waiting(request: PersonRequest, products: QuerySet[Product]) -> int:
    items = ModerationItem.objects.reachable_by(request.user, Right.MODERATE).filter(resolution="")
    return items.filter(log__product__in=products.order_by().values("pk")).count()


Start = Callable[[PersonRequest, str, Chosen, dict[int, int]], HttpResponse]


def _start_runs(request: PersonRequest, deed: str, chosen: Chosen, counts: dict[int, int]) -> HttpResponse:
    if "describe" not in request.POST and request.POST.get("categorize") == "no":
        raise Refused(_("Nothing is switched on for this run. Ask for a description or a category."))
    jobs = []
    for seller in chosen.sellers:
        if seller.pk in counts:
            try:
                options = wishes_of(request.POST, seller)
                jobs.append(
                    bulk.start_runs(
                        chosen.selection(seller.pk), options, by=request.user,
                        title=_products(counts[seller.pk]), once=request.POST.get("token", "")[:40],
                    )
                )  # fmt: skip
            except NothingAsked as nothing:
                raise Refused(str(nothing)) from nothing
    return redirect("job", pk=jobs[0].pk) if len(jobs) == 1 else redirect("jobs")


def _start_batch(request: PersonRequest, deed: str, chosen: Chosen, counts: dict[int, int]) -> HttpResponse:
    arguments: dict[str, Any] = {}
    said = str(DEEDS[deed].title)
    if deed == "category":
        category = _category(request, counts)
        arguments, said = {"category_id": category.pk}, f"{said} «{category.name}»"
    if deed == "deletion" and request.POST.get("count", "").replace(" ", "").replace("\xa0", "") != str(
        sum(counts.values())
    ):
        raise Refused(
            _("Type %(count)s, the number of products, to delete them. Nothing was deleted.")
            % {"count": sum(counts.values())}
        )
    jobs = [
        bulk.start(
            deed, chosen.selection(seller_id), by=request.user, arguments=arguments,
            title=f"{said}: {_products(count)}", once=request.POST.get("token", "")[:40],
        )
        for seller_id, count in counts.items()
    ]  # fmt: skip
    return redirect("job", pk=jobs[0].pk) if len(jobs) == 1 else redirect("jobs")


def _start_export(request: PersonRequest, deed: str, chosen: Chosen, counts: dict[int, int]) -> HttpResponse:
    form = ExportForm(request.POST, sellers=Seller.objects.filter(pk__in=list(counts)))
    if not form.is_valid():
        raise Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    given = form.cleaned_data
    selection = chosen.selection(given["seller"].pk)
    try:
        export_run = exporting.start(
            given["seller"], target=given["target"], file_format=given["file_format"], language=given["language"],
            options=ExportOptions(chosen={"by": "selection", "selection": selection.model_dump(mode="json")}),
            by=request.user, once=request.POST.get("token", "")[:40],
        )  # fmt: skip
    except (limits.UnknownTarget, limits.UnknownLimit) as unknown:
        raise Refused(str(unknown)) from unknown
    return redirect("export", pk=export_run.pk)


def _start_push(request: PersonRequest, deed: str, chosen: Chosen, counts: dict[int, int]) -> HttpResponse:
    form = _push_form(request, counts)
    if not form.is_valid():
        raise Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    connection = form.cleaned_data["connection"]
    selection = chosen.selection(connection.seller_id)
    try:
        run = planning.plan(
            connection.seller, connection, language=form.cleaned_data["language"],
            parts=form.cleaned_data["parts"],
            options=ExportOptions(chosen={"by": "selection", "selection": selection.model_dump(mode="json")}),
            by=request.user,
        )  # fmt: skip
    except planning.CantPush as refusal:
        raise Refused(str(refusal)) from refusal
    return redirect("push", pk=run.pk)


def _push_form(request: PersonRequest, counts: dict[int, int]) -> PushForm:
    connections = Connection.objects.reachable_by(request.user, Right.EXPORT).filter(seller__in=list(counts))
    return PushForm(request.POST or None, connections=taking_cards(connections))


STARTS: dict[str, Start] = {"enrichment": _start_runs, "export": _start_export, "push": _start_push}


def _category(request: PersonRequest, counts: dict[int, int]) -> Category:
    pk = number(request.POST.get("category"))
    if pk is None:
        raise Refused(_("Choose the category first. Nothing was changed."))
    whose = Q(seller=None) | (Q(seller_id=next(iter(counts))) if len(counts) == 1 else Q(pk__in=[]))
    found = Category.objects.filter(whose, pk=pk, is_active=True, tree="").first()
    if found is None:
        raise Refused(
            _("This category isn't open to all of the selected products' sellers. Nothing was changed.")
        )
    return found


def _products(count: int) -> str:
    return ngettext("%(count)s product", "%(count)s products", count) % {"count": grouped(count)}


def _moment(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return storable(at) if at.tzinfo else None
