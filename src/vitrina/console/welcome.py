"""The first-run welcome: a few steps for whoever came in as the first administrator. It can be left, taken up, skipped.

    language → seller → models → onward

`User.welcome` holds the step that comes next and is empty when the welcome is over; Today leads here until then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts import sellers
from vitrina.accounts.doors import PersonRequest
from vitrina.accounts.forms import SellerForm
from vitrina.accounts.models import Seller, User
from vitrina.accounts.sections import known
from vitrina.accounts.views import keep_choices
from vitrina.engine import runtime
from vitrina.enrichment.sample.load import SLUG

STEPS = {
    "language": _l("Language"),
    "seller": _l("Your seller"),
    "models": _l("Models"),
    "onward": _l("Onward"),
}


@never_cache
@require_safe
def welcome(request: PersonRequest) -> HttpResponse:
    """Where it goes on; from its beginning when it is over."""
    _for_superusers(request)
    step = request.user.welcome
    return redirect("welcome_step", step=step if step in STEPS else "language")


@never_cache
@require_http_methods(["GET", "POST"])
def welcome_step(request: PersonRequest, step: str) -> HttpResponse:
    _for_superusers(request)
    if step not in STEPS:
        raise Http404
    return DOORS[step](request)


@require_POST
def skipping(request: PersonRequest) -> HttpResponse:
    _for_superusers(request)
    _come_to(request, "")
    messages.info(request, _("Skipped. Everything that it asks stands under Settings."))
    return redirect("today")


def _language(request: PersonRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    if request.method == "POST" and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
        response = _onto(request, "seller")
        keep_choices(response, language=language, theme="")
        return response
    return _page(request, "language")


def _seller(request: PersonRequest) -> HttpResponse:
    initial = {"language": get_language() or "ru", "currency": "RUB"}
    form = SellerForm(request.POST or None, initial=initial, with_plan=False)
    if request.method == "POST" and form.is_valid():
        seller = sellers.create(by=request.user, **form.cleaned_data)
        messages.success(request, _("«%(seller)s» is there.") % {"seller": seller})
        return _onto(request, "models")
    made = list(Seller.objects.exclude(slug=SLUG).order_by("-pk")[:5])
    return _page(request, "seller", form=form, made=made, status=422 if form.errors else 200)


def _models(request: PersonRequest) -> HttpResponse:
    if request.method == "POST":
        # What is left to do is only to read: the welcome is over, and shows its last page once.
        _come_to(request, "")
        return redirect("welcome_step", step="onward")
    config = runtime.config()
    used = {step.provider for route in config.routes.values() for step in route.steps if not step.is_offline}
    usable = sorted(name for name in used if config.endpoints[name].is_usable)
    return _page(request, "models", usable=usable, can_set_keys=known("settings_engine"))


def _last(request: PersonRequest) -> HttpResponse:
    own = Seller.objects.exclude(slug=SLUG).order_by("-pk").first()
    return _page(request, "onward", sample=Seller.objects.filter(slug=SLUG).first(), own=own)


DOORS: dict[str, Callable[[PersonRequest], HttpResponse]] = {
    "language": _language,
    "seller": _seller,
    "models": _models,
    "onward": _last,
}


def _onto(request: PersonRequest, step: str) -> HttpResponse:
    if request.user.welcome:  # who looks through it once more later is led on, too, and owes nothing
        _come_to(request, step)
    return redirect("welcome_step", step=step)


def _come_to(request: PersonRequest, step: str) -> None:
    User.objects.filter(pk=request.user.pk).update(welcome=step)


def _page(request: PersonRequest, step: str, *, status: int = 200, **more: Any) -> HttpResponse:
    order = list(STEPS)
    at = order.index(step)
    context = {
        "step": step,
        "steps": [
            (name, words, "done" if number < at else "now" if number == at else "next")
            for number, (name, words) in enumerate(STEPS.items())
        ],
        "back": order[at - 1] if at else "",
        "is_over": not request.user.welcome,
    }
    return render(request, f"console/welcome_{step}.html", context | more, status=status)


def _for_superusers(request: PersonRequest) -> None:
    if not request.user.is_superuser:
        raise PermissionDenied
