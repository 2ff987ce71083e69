"""Settings: the providers. Their keys (which go in and never come out), addresses and limits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.proving import require_fresh_password
from vitrina.accounts.roles import Right
from vitrina.engine import health, known, providing
from vitrina.engine.core.providers import PROVIDERS
from vitrina.engine.jobs import MODELS
from vitrina.engine.models import ProviderSetting
from vitrina.engine.provider_rows import provider_rows
from vitrina.engine.providing import LIMITS, Refused, Wish
from vitrina.engine.route_views import current, only_superusers
from vitrina.jobs import events
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.jobs.models import Job

MOST_LIMIT = 100_000_000


@never_cache
@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
def provider_page(request: PersonRequest, name: str) -> HttpResponse:
    only_superusers(request)
    require_fresh_password(request)
    if name not in providing.known_names():
        raise Http404
    config, _overrides, _fault = current()
    error, typed = None, None
    if request.method == "POST":
        typed = request.POST
        error = _saved(request, name)
        if error is None:
            return redirect("settings_engine_provider", name=name)
    row = ProviderSetting.objects.filter(name=name).first()
    shown = next((one for one in provider_rows(config, health.summary()) if one.name == name), None)
    after = events.last_id()
    context = {
        "name": name,
        "provider": shown,
        "row": row,
        "values": _values(row, typed),
        "error": error,
        "error_field": error.field if error else "",
        "house_url": next((one.base_url for one in PROVIDERS if one.name == name), ""),
        "environment_key": providing.environment_key(name),
        "models": _models_of(request, name),
        "after": after,
    }
    return render(request, "engine/provider.html", context, status=422 if error else 200)


@never_cache
@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
def provider_new(request: PersonRequest) -> HttpResponse:
    """A server of one's own: anything that speaks OpenAI's chat completions."""
    only_superusers(request)
    require_fresh_password(request)
    error, typed = None, None
    if request.method == "POST":
        typed = request.POST
        name = typed.get("name", "").strip().lower()
        if name in providing.known_names():
            error = Refused("name", _("There is a provider of this name; open it in the list."))
        else:
            error = _saved(request, name)
        if error is None:
            return redirect("settings_engine_provider", name=name)
    context = {
        "values": _values(None, typed) | {"name": typed.get("name", "")[:40] if typed else ""},
        "error": error,
        "error_field": error.field if error else "",
    }
    return render(request, "engine/provider_new.html", context, status=422 if error else 200)


@require_POST
def key_removal(request: PersonRequest, name: str) -> HttpResponse:
    only_superusers(request)
    require_fresh_password(request)
    providing.remove_key(get_object_or_404(ProviderSetting, name=name), by=request.user)
    messages.success(request, _("The key is removed. Every process follows within ten seconds."))
    return redirect("settings_engine_provider", name=name)


@require_POST
def forgetting(request: PersonRequest, name: str) -> HttpResponse:
    only_superusers(request)
    require_fresh_password(request)
    providing.forget(get_object_or_404(ProviderSetting, name=name), by=request.user)
    messages.success(request, _("What was set here for %(name)s is gone.") % {"name": name})
    return redirect("settings_engine")


@require_POST
def models_inquiry(request: PersonRequest, name: str) -> HttpResponse:
    """Test the key: the provider is asked for its list of models, which costs nothing."""
    only_superusers(request)
    if name not in providing.known_names():
        raise Http404
    with transaction.atomic():
        job = enqueue(
            MODELS,
            {"provider": name},
            key=f"{name}:{request.user.pk}",
            priority=Priority.OPERATOR,
            title=name,
            created_by_id=request.user.pk,
        )
    address = reverse("settings_engine_provider", kwargs={"name": name})
    return redirect(f"{address}?models={job.pk}#models")


@never_cache
@require_safe
def models_part(request: PersonRequest, name: str, pk: int) -> HttpResponse:
    only_superusers(request)
    after = events.last_id()
    job = reach(Job.objects, request.user, Right.VIEW, pk=pk, kind=MODELS)
    context = {"name": name, "models": job, "after": after}
    return page_or_part(request, "engine/models_page.html", "engine/models_inner.html", context)


@never_cache
@require_safe
def known_page(request: PersonRequest) -> HttpResponse:
    only_superusers(request)
    words, provider = request.GET.get("q", "")[:100], request.GET.get("provider", "")
    names = [one.name for one in PROVIDERS if one.price_id]
    context = {
        "q": words,
        "provider": provider if provider in names else "",
        "providers": names,
        "found": known.found(words, provider if provider in names else ""),
        "whole": len(known.everything()),
        "most": known.MOST_FOUND,
    }
    return page_or_part(request, "engine/known.html", "engine/known_list.html", context)


def _saved(request: PersonRequest, name: str) -> Refused | None:
    form = request.POST
    try:
        before = ProviderSetting.objects.filter(name=name).first()
        wish = Wish(
            base_url=form.get("base_url", ""),
            key=form.get("key", ""),
            **{limit: _limit(form, limit) for limit in LIMITS},
        )
        row = providing.set_provider(name, wish, by=request.user)
    except Refused as refusal:
        return refusal
    messages.success(request, _("Saved. Every process follows within ten seconds."))
    if before is not None and before.sealed_key and not row.sealed_key:
        messages.warning(
            request,
            _(
                "The address changed, so its key is gone: a key is only sent where it was meant to go. Enter it anew."
            ),
        )
    return None


def _limit(form: Any, name: str) -> int | None:
    text = form.get(name, "").strip().replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:12]) <= MOST_LIMIT:
        raise Refused(name, _("A whole number from 1 up, or nothing for no limit."))
    return int(text)


def _values(row: ProviderSetting | None, typed: Any) -> dict[str, str]:
    """What the fields show; a key that was typed is never shown again."""
    if typed is not None:
        return {name: typed.get(name, "")[:500] for name in ("base_url", *LIMITS)}
    if row is None:
        return dict.fromkeys(("base_url", *LIMITS), "")
    return {"base_url": row.base_url, **{name: str(getattr(row, name) or "") for name in LIMITS}}


def _models_of(request: PersonRequest, name: str) -> Job | None:
    wanted = request.GET.get("models", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        return None
    return Job.objects.filter(pk=int(wanted), kind=MODELS, title=name).first()
