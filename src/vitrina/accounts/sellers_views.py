"""Doors: the sellers that a person manages; a superuser makes new ones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from vitrina.accounts import sellers, targets
from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.forms import SellerForm
from vitrina.accounts.models import Membership, Seller
from vitrina.accounts.pages import by_key
from vitrina.accounts.roles import Right
from vitrina.accounts.sections import sellers_admins

PAGE = 50


@never_cache
@require_safe
def sellers_page(request: PersonRequest) -> HttpResponse:
    if not sellers_admins(request.user):
        raise PermissionDenied
    rows = Seller.objects.reachable_by(request.user, Right.MANAGE_SELLER).select_related("plan")
    screen = by_key(rows, request, size=PAGE)
    members: dict[int, int] = dict(
        Membership.objects.filter(seller__in=[row.pk for row in screen.rows])
        .values_list("seller_id")
        .annotate(n=Count("*"))
        .order_by()
    )
    names = dict(targets.choices())
    shown = [
        {"seller": row, "members": members.get(row.pk, 0), "target": names.get(row.target, row.target)}
        for row in screen.rows
    ]
    return render(request, "accounts/sellers.html", {"slice": screen, "shown": shown})


@never_cache
@require_http_methods(["GET", "POST"])
def seller_page(request: PersonRequest, pk: int) -> HttpResponse:
    seller = reach(Seller.objects.select_related("plan"), request.user, Right.MANAGE_SELLER, pk=pk)
    now = {name: getattr(seller, name) for name in sellers.FIELDS}
    form = SellerForm(request.POST or None, initial=now, with_plan=request.user.is_superuser)
    if request.method == "POST" and form.is_valid():
        sellers.change(seller, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings_sellers")
    return _form(request, form, seller=seller)


@never_cache
@require_http_methods(["GET", "POST"])
def new_seller_page(request: PersonRequest) -> HttpResponse:
    if not request.user.is_superuser:
        raise PermissionDenied
    form = SellerForm(request.POST or None, initial={"language": "ru", "currency": "RUB"}, with_plan=True)
    if request.method == "POST" and form.is_valid():
        seller = sellers.create(by=request.user, **form.cleaned_data)
        messages.success(
            request, _("«%(seller)s» is there. Invite the people who work for it.") % {"seller": seller}
        )
        return redirect(f"{reverse('settings_people')}?seller={seller.pk}")
    return _form(request, form)


def _form(request: PersonRequest, form: SellerForm, **more: Any) -> HttpResponse:
    return render(request, "accounts/seller.html", {"form": form} | more, status=422 if form.errors else 200)
