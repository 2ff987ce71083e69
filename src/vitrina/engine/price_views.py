"""Settings: what models cost, and what may be spent."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vitrina.accounts.doors import PersonRequest
from vitrina.engine import pricing
from vitrina.engine.health import summary
from vitrina.engine.models import PriceOverride
from vitrina.engine.providing import Refused
from vitrina.engine.route_views import current, only_superusers


@never_cache
@require_http_methods(["GET", "POST"])
def prices_page(request: PersonRequest) -> HttpResponse:
    only_superusers(request)
    error, typed = None, None
    if request.method == "POST":
        typed = request.POST
        try:
            row = pricing.set_price(typed.get("model", ""), typed.dict(), by=request.user)
        except Refused as refusal:
            error = refusal
        else:
            messages.success(
                request, _("The price of %(model)s holds from the next call on.") % {"model": row.model}
            )
            return redirect("settings_prices")
    config, _overrides, _fault = current()
    called = {
        model.name: (model.day.calls, model.day.unpriced) for model in summary().models if model.provider
    }
    names = ("model", *pricing.COLUMNS)
    wanted = typed if typed is not None else request.GET
    context = {
        "rows": pricing.priced(config, called),
        "values": {name: wanted.get(name, "")[:240] for name in names},
        "error": error,
        "error_field": error.field if error else "",
    }
    return render(request, "engine/prices.html", context, status=422 if error else 200)


@require_POST
def price_removal(request: PersonRequest) -> HttpResponse:
    only_superusers(request)
    row = get_object_or_404(PriceOverride, model=request.POST.get("model", ""))
    pricing.remove_price(row, by=request.user)
    messages.success(request, _("The price that was set here for %(model)s is gone.") % {"model": row.model})
    return redirect("settings_prices")
