"""Settings: plans with their limits, the installation's budget, and what is used of all of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts import planning, runtime_settings, used
from vitrina.accounts.budget import MONTHLY_BUDGET
from vitrina.accounts.doors import PersonRequest
from vitrina.accounts.models import Membership, Plan, Seller
from vitrina.accounts.pages import by_key
from vitrina.accounts.planning import Refused
from vitrina.accounts.roles import Right, roles_with
from vitrina.engine.embed import ROUTE as EMBED
from vitrina.engine.feature_words import feature_name
from vitrina.engine.generators import registered
from vitrina.engine.route_views import only_superusers

SELLERS = 20
MOST_PEOPLE = 50


def features() -> list[str]:
    """What a quota can be of: each generator or what several are for together, the vectors, and pictures."""
    return [
        *sorted({generator.feature or generator.name for generator in registered()}),
        EMBED,
        planning.PICTURES,
    ]


@never_cache
@require_http_methods(["GET", "POST"])
def plans_page(request: PersonRequest) -> HttpResponse:
    """The budget, the plans, and making a new one."""
    only_superusers(request)
    error, typed = "", None
    if request.method == "POST":
        typed = request.POST.get("budget", "")[:40]
        try:
            runtime_settings.change(MONTHLY_BUDGET, typed, by=request.user)
        except runtime_settings.NotAllowed as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("The budget holds within a few seconds."))
            return redirect("settings_plans")
    budget = used.installation_budget()
    shown = "" if budget.most is None else f"{budget.most.normalize():f}"
    plans = Plan.objects.annotate(count=Count("sellers")).order_by("name")
    context = {
        "budget": budget,
        "typed": shown if typed is None else typed,
        "error": error,
        "plans": [(plan, summary_of(plan)) for plan in plans],
        "without": Seller.objects.filter(plan=None).count(),
    }
    return render(request, "engine/plans.html", context, status=422 if error else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def plan_page(request: PersonRequest, pk: int | None = None) -> HttpResponse:
    """One plan; without `pk` a new one."""
    only_superusers(request)
    plan = get_object_or_404(Plan, pk=pk) if pk is not None else None
    names = features()
    error, values = None, planning.fields_of(plan.limits if plan else {}, names)
    services = planning.services_of(plan.limits if plan else {})
    name = plan.name if plan else ""
    if request.method == "POST":
        typed = request.POST.dict()
        name, values = typed.get("name", "")[:200], {field: typed.get(field, "")[:20] for field in values}
        services = [
            (service, title, f"{planning.SERVICE}{service}" in typed) for service, title, _allowed in services
        ]
        try:
            limits = planning.limits_of(typed, names, before=plan.limits if plan else {})
            saved = planning.set_plan(plan, name, limits, by=request.user)
        except Refused as refusal:
            error = refusal
        else:
            messages.success(
                request, _("Saved. The limits hold within a few seconds; what was used stays counted.")
            )
            return redirect("settings_plans_plan", pk=saved.pk)
    context = {
        "plan": plan,
        "name": name,
        "rows": [
            {
                "name": feature_name(feature),
                "is_all": feature == "*",
                "seller": [_field(f"seller.{feature}.{period}", values) for period in planning.PERIODS],
                "person": [_field(f"person.{feature}.{period}", values) for period in planning.PERIODS],
            }
            for feature in ("*", *names)
        ],
        "usd": [_field(f"usd.{period}", values) for period in planning.PERIODS],
        "at_once": _field(planning.AT_ONCE, values),
        "services": services,
        "sellers": list(plan.sellers.order_by("name")[:SELLERS]) if plan else [],
        "seller_count": plan.sellers.count() if plan else 0,
        "error": error,
        "error_field": error.field if error else "",
    }
    return render(request, "engine/plan.html", context, status=422 if error else 200)


@require_POST
def plan_deletion(request: PersonRequest, pk: int) -> HttpResponse:
    only_superusers(request)
    plan = get_object_or_404(Plan, pk=pk)
    try:
        planning.delete_plan(plan, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("settings_plans_plan", pk=pk)
    messages.success(request, _("The plan «%(name)s» is deleted.") % {"name": plan.name})
    return redirect("settings_plans")


@never_cache
@require_safe
def usage_page(request: PersonRequest) -> HttpResponse:
    """What is used of every limit of the reader's sellers, and when it begins anew."""
    sellers = Seller.objects.reachable_by(request.user).select_related("plan")
    if not request.user.is_superuser and not sellers.exists():
        raise PermissionDenied
    screen = by_key(sellers.order_by(), request, size=SELLERS)
    names = features()
    managed = _managed(request)
    context = {
        "slice": screen,
        "budget": used.installation_budget() if request.user.is_superuser else None,
        "sellers": [
            {
                "seller": seller,
                "standings": used.of_seller(seller, names),
                "people": _people(request, seller, names, managed),
            }
            for seller in screen.rows
        ],
        "plans_url": reverse("settings_plans") if request.user.is_superuser else "",
    }
    return render(request, "engine/usage.html", context)


def _managed(request: PersonRequest) -> set[int] | None:
    """The sellers whose people this person may see; None: of all."""
    if request.user.is_superuser:
        return None
    rows = Membership.objects.filter(user=request.user, role__in=roles_with(Right.MANAGE_SELLER))
    return set(rows.values_list("seller_id", flat=True))


def _people(
    request: PersonRequest, seller: Seller, names: list[str], managed: set[int] | None
) -> list[tuple[str, list[used.Standing]]]:
    """Who has used something or has a limit: everybody for whoever manages the seller, else the reader alone."""
    limits = (
        seller.plan.limits.get("per_user") if seller.plan and isinstance(seller.plan.limits, dict) else None
    )
    if managed is None or seller.pk in managed:
        rows = Membership.objects.filter(seller=seller).select_related("user").order_by("user__username")
        people = {row.user_id: row.user.get_username() for row in rows[:MOST_PEOPLE]}
    else:
        people = {request.user.pk: request.user.get_username()}
    if not limits or not people:
        return []
    found = used.of_people(list(people), seller, names)
    return [(people[user_id], standings) for user_id, standings in found.items() if standings]


def summary_of(plan: Plan) -> list[tuple[Any, str, str]]:
    """A plan's limits in words: (feature, period, most); period "" where `most` says it all."""
    limits = plan.limits if isinstance(plan.limits, dict) else {}
    found = []
    for feature, periods in limits.items():
        if feature == "per_user" or not isinstance(periods, dict):
            continue
        found += [
            (feature_name(feature), period, str(periods[period]))
            for period in planning.PERIODS
            if period in periods
        ]
    pictures = limits.get(planning.PICTURES)
    if isinstance(pictures, dict):
        if pictures.get("at_once"):
            words = _("%(count)s at once") % {"count": pictures["at_once"]}
            found.append((feature_name(planning.PICTURES), "", words))
        if isinstance(pictures.get("services"), list):
            titles = [title for _name, title, allowed in planning.services_of(limits) if allowed]
            words = ", ".join(titles) or _("placeholders only")
            found.append((feature_name(planning.PICTURES), "", words))
    return found


def _field(name: str, values: dict[str, str]) -> dict[str, str]:
    return {"name": name, "value": values.get(name, ""), "period": name.rpartition(".")[2]}
