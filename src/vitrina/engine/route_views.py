"""Settings: the routes. What each task asks of which model, changing it, trying it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.engine import fault_words, health, known, routing
from vitrina.engine.core.config import EngineConfig
from vitrina.engine.core.routes import ROUTES, Route
from vitrina.engine.errors import ConfigurationFault
from vitrina.engine.jobs import TRY
from vitrina.engine.models import RouteOverride
from vitrina.engine.overrides import read_overrides
from vitrina.engine.provider_rows import provider_rows
from vitrina.engine.providing import Refused
from vitrina.engine.route_words import route_name, route_words
from vitrina.engine.settings_reader import Overrides, below, read
from vitrina.jobs import events
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.jobs.models import Job

NAMES = {route.name for route in ROUTES}


def only_superusers(request: PersonRequest) -> None:
    """Keys, routes and prices belong to the installation, not to one seller."""
    if not request.user.is_superuser:
        raise PermissionDenied


def current() -> tuple[EngineConfig, Overrides, str]:
    """The configuration; where rows make it unreadable, that of the environment, and what is wrong in words."""
    overrides = read_overrides()
    try:
        return read(overrides), overrides, ""
    except ConfigurationFault as error:
        return read(Overrides()), Overrides(), error.sentence


@never_cache
@require_safe
def engine_page(request: PersonRequest) -> HttpResponse:
    """Everything about models on one page: routes, then providers with their keys and their health."""
    only_superusers(request)
    config, overrides, fault = current()
    standing = health.summary()
    by_model = {model.name: model for model in standing.models}
    context = {
        "fault": fault,
        "routes": [
            {
                "shown": one,
                "title": route_name(one.name),
                "words": route_words(one.name),
                "steps": [_step(step, config, by_model) for step in one.route.steps],
                "answers": next((target.name for target in config.targets(one.route)), ""),
            }
            for one in routing.shown(config, overrides)
        ],
        "providers": provider_rows(config, standing),
        "health": standing,
    }
    return render(request, "engine/engine.html", context)


def _step(step: Any, config: EngineConfig, by_model: dict[str, Any]) -> dict[str, Any]:
    endpoint = config.endpoints.get(step.provider)
    return {
        "model": step.model,
        "is_offline": step.is_offline,
        "seconds": step.timeout_seconds,
        "is_skipped": not step.is_offline and (endpoint is None or not endpoint.is_usable),
        "health": by_model.get(step.model),
    }


@never_cache
@require_http_methods(["GET", "POST"])
def route_page(request: PersonRequest, name: str) -> HttpResponse:
    only_superusers(request)
    _known(name)
    config, overrides, _fault = current()
    route, without = config.routes[name], below(name, overrides)
    typed, error = None, None
    if request.method == "POST":
        typed = request.POST
        try:
            said = routing.set_route(name, _wished(typed, without, route), by=request.user)
        except Refused as refusal:
            error = refusal
        else:
            messages.success(request, _("Saved. Every process follows within ten seconds."))
            for remark in said:
                messages.warning(request, remark)
            return redirect("settings_engine_route", name=name)
    after = events.last_id()
    shown = next(one for one in routing.shown(config, overrides) if one.name == name)
    context = {
        "name": name,
        "title": route_name(name),
        "words": route_words(name),
        "shown": shown,
        "sources": shown.sources,
        "below": without,
        "rows": _rows(route, typed),
        "values": _values(route, typed),
        "error": error,
        "error_field": error.field if error else "",
        "remarks": [] if error else routing.remarks(route, config),
        "row": RouteOverride.objects.select_related("changed_by").filter(route=name).first(),
        "known": known.suggestions(config),
        "is_embed": name == "embed",
        "offline": typed.get("offline") == "1" if typed is not None else route.steps[-1].is_offline,
        "warm_up": typed.get("warm_up") == "1" if typed is not None else route.warm_up,
        "trial": _trial_of(request),
        "after": after,
    }
    return render(request, "engine/route.html", context, status=422 if error else 200)


@require_POST
def route_reset(request: PersonRequest, name: str) -> HttpResponse:
    only_superusers(request)
    _known(name)
    if routing.reset_route(name, by=request.user):
        messages.success(request, _("Reset to what the house and the environment say."))
    else:
        messages.info(request, _("Nothing was changed here."))
    return redirect("settings_engine_route", name=name)


@require_POST
def route_trial(request: PersonRequest, name: str) -> HttpResponse:
    only_superusers(request)
    _known(name)
    with transaction.atomic():
        job = enqueue(
            TRY,
            {"route": name, "user_id": request.user.pk},
            key=f"{name}:{request.user.pk}",
            priority=Priority.OPERATOR,
            title=name,
            created_by_id=request.user.pk,
        )
    address = reverse("settings_engine_route", kwargs={"name": name})
    return redirect(f"{address}?trial={job.pk}#trial")


@never_cache
@require_safe
def route_trial_part(request: PersonRequest, name: str, pk: int) -> HttpResponse:
    """How the trial goes: the part of the route's page that follows its job."""
    only_superusers(request)
    _known(name)
    after = events.last_id()
    job = reach(Job.objects, request.user, Right.VIEW, pk=pk, kind=TRY)
    context = {"name": name, "title": route_name(name), "trial": told(job), "after": after}
    return page_or_part(request, "engine/trial_page.html", "engine/trial_inner.html", context)


def told(job: Job) -> dict[str, Any]:
    """A trial, or a repeated call, as its page shows it."""
    result = job.result or {}
    fault = result.get("fault", "")
    return {
        "job": job,
        "result": result,
        "fault_name": fault_words.name_of(fault) if fault else "",
        "fault_help": fault_words.help_of(fault) if fault else "",
    }


def _known(name: str) -> None:
    if name not in NAMES:
        raise Http404


def _trial_of(request: PersonRequest) -> dict[str, Any] | None:
    wanted = request.GET.get("trial", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        return None
    job = Job.objects.filter(pk=int(wanted), kind=TRY).first()
    return None if job is None else told(job)


def _rows(route: Route, typed: Any) -> list[dict[str, str]]:
    if typed is not None:
        pairs = zip(typed.getlist("model"), typed.getlist("seconds"), strict=False)
        rows = [{"model": model[:300], "seconds": seconds[:20]} for model, seconds in pairs if model.strip()]
    else:
        rows = [
            {"model": step.model, "seconds": f"{step.timeout_seconds:g}"}
            for step in route.steps
            if not step.is_offline
        ]
    rows = rows[: routing.MOST_STEPS]
    return rows + [{"model": "", "seconds": "30"}] * min(2, max(0, routing.MOST_STEPS - 1 - len(rows)))


def _values(route: Route, typed: Any) -> dict[str, str]:
    if typed is not None:
        return {name: typed.get(name, "")[:20] for name in ("output_limit", "temperature", "cache_hours")}
    return {
        "output_limit": "" if route.output_limit is None else str(route.output_limit),
        "temperature": "" if route.temperature is None else f"{route.temperature:g}",
        "cache_hours": f"{route.cache_ttl.total_seconds() / 3600:g}",
    }


def _wished(form: Any, without: Route, now: Route) -> Route:
    """What was typed, as a route; an empty field goes back to what stands below. Raises Refused."""
    steps = routing.steps_of(
        form.getlist("model"), form.getlist("seconds"), offline=form.get("offline") == "1"
    )
    limit, temperature = _number(form, "output_limit"), _number(form, "temperature")
    hours = _number(form, "cache_hours")
    if limit is not None and limit != int(limit):
        raise Refused("output_limit", _("A whole number is wanted."))
    if hours is not None and not 0 <= hours <= routing.MOST_HOURS:
        raise Refused("cache_ttl", _("From 0 to %(most)d hours.") % {"most": routing.MOST_HOURS})
    return replace(
        now,
        steps=steps,
        output_limit=without.output_limit if limit is None else int(limit),
        temperature=without.temperature if temperature is None else temperature,
        cache_ttl=without.cache_ttl if hours is None else timedelta(hours=hours),
        warm_up=form.get("warm_up") == "1",
    )


def _number(form: Any, name: str) -> float | None:
    text = form.get(name, "").strip().replace(",", ".")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("inf")
    if not abs(number) < 1e12:
        raise Refused("cache_ttl" if name == "cache_hours" else name, _("This is not a number."))
    return number
