"""Doors of the canned answers: the list, one of them, and those that fit an interaction."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of, sellers_of
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.inbox import canned
from vitrina.inbox.canned import CannedRefused
from vitrina.inbox.canned_filling import PLACES
from vitrina.inbox.canned_form import PLACE_WORDS, CannedForm
from vitrina.inbox.desk import mine
from vitrina.inbox.models import CannedAnswer


@require_safe
def canned_page(request: PersonRequest) -> HttpResponse:
    sellers = sellers_of(request.user)
    seller = _chosen(sellers, request.GET.get("seller", ""))
    rows = list(canned.in_order(seller.pk)) if seller else []
    return render(
        request,
        "inbox/canned.html",
        {
            "sellers": sellers,
            "seller": seller,
            "rows": rows,
            "most": canned.MOST,
            "can_edit": seller is not None and Right.REPLY in rights_of(request.user, seller.pk),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def canned_addition(request: PersonRequest) -> HttpResponse:
    sellers = sellers_of(request.user, Right.REPLY)
    if not sellers:
        raise PermissionDenied
    seller = _chosen(sellers, request.POST.get("seller") or request.GET.get("seller", ""))
    assert seller is not None
    form = CannedForm(request.POST or None, initial={"language": seller.language})
    if request.method == "POST" and form.is_valid():
        try:
            made = canned.make(seller, by=request.user, **form.columns)
        except CannedRefused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("Added: /%(key)s in an answer puts it in.") % {"key": made.key})
            return redirect(_list_of(seller.pk))
    return _page(request, form, seller, sellers=sellers)


@require_http_methods(["GET", "HEAD", "POST"])
def canned_change(request: PersonRequest, pk: int) -> HttpResponse:
    one = _reach(request, pk)
    form = CannedForm(request.POST or None, initial={name: getattr(one, name) for name in canned.COLUMNS})
    if request.method == "POST" and form.is_valid():
        try:
            canned.change(one, by=request.user, **form.columns)
        except CannedRefused as refused:
            one.refresh_from_db()
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect(_list_of(one.seller_id))
    return _page(request, form, one.seller, one=one)


@require_POST
def canned_deletion(request: PersonRequest, pk: int) -> HttpResponse:
    one = _reach(request, pk)
    name = one.name
    canned.delete(one, by=request.user)
    messages.success(request, _("«%(name)s» was deleted.") % {"name": name})
    return redirect(_list_of(one.seller_id))


@require_POST
def canned_place(request: PersonRequest, pk: int) -> HttpResponse:
    """`to`: the place in the list, from 1."""
    one = _reach(request, pk)
    to = request.POST.get("to", "")
    if to.isascii() and to.isdigit() and len(to) < 10:
        canned.move(one, to=int(to), by=request.user)
    return redirect(f"{_list_of(one.seller_id)}#canned_{pk}")


@require_safe
def canned_palette(request: PersonRequest, pk: int) -> HttpResponse:
    """Those of the interaction's seller, as each would stand in an answer to it."""
    interaction = mine(request, pk)
    found = canned.filled_for(interaction)
    return render(request, "inbox/canned_palette.html", {"found": found, "it": interaction})


def _page(
    request: PersonRequest,
    form: CannedForm,
    seller: Seller,
    *,
    one: CannedAnswer | None = None,
    sellers: list[Seller] | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "seller": seller,
        "sellers": sellers or [],
        "one": one,
        "places": [(f"{{{place}}}", PLACE_WORDS[place]) for place in PLACES],
    }
    return render(request, "inbox/canned_one.html", context, status=422 if form.errors else 200)


def _chosen(sellers: list[Seller], said: str) -> Seller | None:
    """Raises Http404 for one that isn't among them; the first where none is asked for."""
    if not said:
        return sellers[0] if sellers else None
    found = next((seller for seller in sellers if str(seller.pk) == said), None)
    if found is None:
        raise Http404
    return found


def _list_of(seller_id: int) -> str:
    return f"{reverse('inbox_canned')}?seller={seller_id}"


def _reach(request: PersonRequest, pk: int) -> CannedAnswer:
    return reach(CannedAnswer.objects.select_related("seller"), request.user, Right.REPLY, pk=pk)
