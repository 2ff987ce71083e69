"""Settings: the inbox of a seller, how its answers sound, what they may say, what is drafted and sent by itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, sellers_of
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.accounts.runtime_settings import value
from vitrina.inbox import changing_settings
from vitrina.inbox.auto_sending import sent_today
from vitrina.inbox.budget import taken_today
from vitrina.inbox.changing_settings import ChangedMeanwhile
from vitrina.inbox.knowing import settings_of
from vitrina.inbox.running_values import AUTO_SENDS, decided
from vitrina.inbox.settings_form import InboxSettingsForm, initial_of, overtaken

RIGHT = Right.MANAGE_SELLER


@require_safe
def first_page(request: PersonRequest) -> HttpResponse:
    """The settings of the first seller that the person manages; the others are a step beside it."""
    sellers = sellers_of(request.user, RIGHT)
    if not sellers:
        raise PermissionDenied
    return redirect("settings_inbox_seller", pk=sellers[0].pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seller_page(request: PersonRequest, pk: int) -> HttpResponse:
    seller = reach(Seller.objects, request.user, RIGHT, pk=pk)
    if request.method != "POST":
        form = InboxSettingsForm(initial=initial_of(settings_of(pk)), own_language=seller.language)
        return _page(request, seller, form)
    form = InboxSettingsForm(request.POST, own_language=seller.language)
    if not form.is_valid():
        return _page(request, seller, form, status=422)
    try:
        changing_settings.change(seller, form.given, version=form.cleaned_data["version"], by=request.user)
    except ChangedMeanwhile as meanwhile:
        # Saved once more, it is known what it takes the place of.
        again = request.POST.copy()
        again["version"] = str(meanwhile.standing.version)
        shown = InboxSettingsForm(again, own_language=seller.language)
        differing = overtaken(form, meanwhile.standing)
        return _page(request, seller, shown, status=409, meanwhile=meanwhile.standing, differing=differing)
    messages.success(request, _("Saved. What this changes about drafts is written anew in the next minutes."))
    return redirect("settings_inbox_seller", pk=pk)


@require_POST
def stopping(request: PersonRequest, pk: int) -> HttpResponse:
    """The rule is off at once, whatever else is being changed."""
    seller = reach(Seller.objects, request.user, RIGHT, pk=pk)
    changing_settings.change(seller, {"auto_sends": False}, by=request.user)
    messages.success(request, _("The rule is off. What waited to be sent by it stays here."))
    return redirect("settings_inbox_seller", pk=pk)


def _page(
    request: PersonRequest, seller: Seller, form: InboxSettingsForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    row = settings_of(seller.pk)
    values = decided(row)
    context = {
        "seller": seller,
        "sellers": sellers_of(request.user, RIGHT),
        "form": form,
        "row": row,
        "is_sending": row.auto_sends,
        "may_send": value(AUTO_SENDS),
        "values": values,
        "made_today": taken_today(seller.pk),
        "sent_today": sent_today(seller.pk),
        "limits": [form[name] for name in ("batch_size", "delay_seconds", "daily_limit", "urgent_at_once")],
        "lists": [form[name] for name in ("own_names", "other_shops")],
    }
    return render(request, "inbox/settings.html", context | more, status=status)
