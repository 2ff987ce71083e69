"""Keeping a filter of the products under a name: for oneself or for the colleagues of a seller."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest, reach, sellers_of
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.console.counting import COUNT_UP_TO, counted_by_walking
from vitrina.console.models import DefaultView, SavedView
from vitrina.console.product_filter import filter_of, number, stated

MOST = 50  # of one person


def home_of(request: PersonRequest) -> SavedView | None:
    """The view that the bare address of the products leads to. One query, a second where there is one."""
    chosen = DefaultView.objects.filter(user=request.user).first()
    return SavedView.objects.of(request.user).filter(pk=chosen.view_id).first() if chosen else None


@require_POST
def saving(request: PersonRequest) -> HttpResponse:
    """Keep the filter under a name; a view of one's own with this name is written anew."""
    query = stated(QueryDict(request.POST.get("query", "")[:2000]))
    name = " ".join(request.POST.get("name", "").split())[:80]
    seller = None
    if shared_in := number(request.POST.get("seller")):
        seller = reach(Seller.objects, request.user, Right.EDIT_CATALOGUE, pk=shared_in)
    if not name:
        messages.error(request, _("A view needs a name. Nothing was saved."))
        return redirect(f"{reverse('products')}?{query or 'all=1'}")
    mine = SavedView.objects.filter(user=request.user)
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        messages.error(
            request,
            _("You have %(most)s views, which is the most that one person may keep. Delete one first.")
            % {"most": MOST},
        )
        return redirect(f"{reverse('products')}?{query or 'all=1'}")
    try:
        with transaction.atomic():
            view, _is_new = SavedView.objects.update_or_create(
                user=request.user, name=name, defaults={"query": query, "seller": seller}
            )
            if "default" in request.POST:
                DefaultView.objects.update_or_create(user=request.user, defaults={"view": view})
            audit.record(
                "view.save", view, by=request.user, seller=seller, after={"name": name, "query": query}
            )
    except IntegrityError:  # a double click: the other one saved the very same
        view = mine.get(name=name)
    messages.success(request, _("The view «%(name)s» is saved.") % {"name": name})
    return redirect(address_of(view))


@require_POST
def defaulting(request: PersonRequest, pk: int) -> HttpResponse:
    """The products open with this view from now on; chosen a second time, with all of them again."""
    view = _mine(request, pk)
    with transaction.atomic():
        dropped, _rows = DefaultView.objects.filter(user=request.user, view=view).delete()
        if not dropped:
            DefaultView.objects.update_or_create(user=request.user, defaults={"view": view})
    messages.success(
        request,
        _("The products open with all of them again.")
        if dropped
        else _("The products open with «%(name)s» from now on.") % {"name": view.name},
    )
    return redirect(address_of(view))


@require_POST
def deletion(request: PersonRequest, pk: int) -> HttpResponse:
    """One's own view, or a shared one by whoever may edit the seller's catalogue."""
    view = _mine(request, pk)
    if view.user_id != request.user.pk:
        reach(Seller.objects, request.user, Right.EDIT_CATALOGUE, pk=view.seller_id)
    with transaction.atomic():
        audit.record(
            "view.delete", view, by=request.user, seller=view.seller,
            before={"name": view.name, "query": view.query},
        )  # fmt: skip
        view.delete()
    messages.success(
        request, _("The view «%(name)s» is deleted. The products are as they were.") % {"name": view.name}
    )
    return redirect(f"{reverse('products')}?{view.query or 'all=1'}")


@require_safe
def view_count(request: PersonRequest, pk: int) -> HttpResponse:
    """How many products a view finds; asked by the page when its list of views is opened."""
    view = _mine(request, pk)
    sellers = [seller.pk for seller in sellers_of(request.user)]
    found = counted_by_walking(*filter_of(QueryDict(view.query), sellers).to_walk(sellers))
    return render(
        request,
        "console/view_count.html",
        {"found": min(found, COUNT_UP_TO), "is_more": found > COUNT_UP_TO},
    )


def address_of(view: SavedView) -> str:
    return f"{reverse('products')}?{'&'.join(filter(None, [view.query, f'view={view.pk}']))}"


def _mine(request: PersonRequest, pk: int) -> SavedView:
    view = SavedView.objects.of(request.user).select_related("seller").filter(pk=pk).first()
    if view is None:
        raise Http404
    return view
