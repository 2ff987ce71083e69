"""Webhooks in Settings: endpoints, one endpoint with its log, one delivery with its tries."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, sellers_of
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.proving import require_fresh_password
from vitrina.accounts.roles import Right
from vitrina.jobs import clock
from vitrina.lib.sealing import NotOpened
from vitrina.webhooks import endpoints, redelivering
from vitrina.webhooks.endpoints import MOST_PER_SELLER, EndpointRefused
from vitrina.webhooks.fault_words import fault_of
from vitrina.webhooks.forms import EndpointForm
from vitrina.webhooks.health import health, waiting_words, with_waiting
from vitrina.webhooks.kinds import KINDS, TEST, name_of
from vitrina.webhooks.models import Delivery, DeliveryState, Endpoint, Off
from vitrina.webhooks.secret import signing_secrets
from vitrina.webhooks.sending import said_of

RIGHT = Right.MANAGE_SELLER
PAGE = 50
SHOW_SECRET = "webhook_secret_of"  # noqa: S105 - the session's word for which endpoint's secret is shown next
SOON = timedelta(minutes=1)


@require_safe
def webhooks_page(request: PersonRequest) -> HttpResponse:
    if not sellers_of(request.user, RIGHT):
        raise PermissionDenied
    shown = list(
        with_waiting(Endpoint.objects.reachable_by(request.user, RIGHT))
        .select_related("seller")
        .order_by("seller__name", "pk")
    )
    rows = [
        {
            "endpoint": one,
            "health": health(one),
            "kinds": [name_of(kind) for kind in one.kinds],
            "waiting": waiting_words(one.waiting),  # type: ignore[attr-defined]
        }
        for one in shown
    ]
    context = {"rows": rows, "many_sellers": len({one.seller_id for one in shown}) > 1}
    return render(request, "webhooks/endpoints.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_page(request: PersonRequest) -> HttpResponse:
    sellers = sellers_of(request.user, RIGHT)
    if not sellers:
        raise PermissionDenied
    require_fresh_password(request)
    form = EndpointForm(request.POST or None, sellers=sellers)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        seller = reach(Seller.objects, request.user, RIGHT, pk=given["seller"].pk)
        try:
            endpoint, _secret = endpoints.create(
                seller, url=given["url"], kinds=given["kinds"], name=given["name"], by=request.user
            )
        except EndpointRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            request.session[SHOW_SECRET] = endpoint.pk
            return redirect("settings_webhooks_endpoint", pk=endpoint.pk)
    context = {"form": form, "most": MOST_PER_SELLER}
    return render(request, "webhooks/new.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_page(request: PersonRequest, pk: int) -> HttpResponse:
    endpoint = reach(Endpoint.objects, request.user, RIGHT, pk=pk)
    require_fresh_password(request)
    form = EndpointForm(request.POST or None, endpoint=endpoint)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            endpoints.change(
                endpoint, url=given["url"], kinds=given["kinds"], name=given["name"], by=request.user
            )
        except EndpointRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. What waits goes to the address that stands here now."))
            return redirect("settings_webhooks_endpoint", pk=pk)
    context = {"form": form, "endpoint": endpoint}
    return render(request, "webhooks/change.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def endpoint_page(request: PersonRequest, pk: int) -> HttpResponse:
    endpoint = reach(Endpoint.objects.select_related("seller", "created_by"), request.user, RIGHT, pk=pk)
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    rows = Delivery.objects.filter(endpoint=endpoint)
    if state in DeliveryState.values:
        rows = rows.filter(state=state)
    if kind in KINDS or kind == TEST:
        rows = rows.filter(kind=kind)
    screen = by_key(rows.select_related("event"), request, size=PAGE)
    now = clock.read()
    context = {
        "endpoint": endpoint,
        "health": health(endpoint),
        "kinds": [name_of(one) for one in endpoint.kinds],
        "slice": screen,
        "named": [(row, name_of(row.event.kind)) for row in screen.rows],
        "state": state,
        "kind": kind,
        "states": DeliveryState.choices,
        "all_kinds": [(code, name_of(code)) for code in (*KINDS, TEST)],
        "old_signs": bool(endpoint.old_secret_until and endpoint.old_secret_until > now),
        "secret": _secret_to_show(request, endpoint),
        "is_moving": endpoint.is_on and any(_ends_soon(row, now + SOON) for row in screen.rows),
    }
    return page_or_part(request, "webhooks/endpoint.html", "webhooks/log.html", context)


def _secret_to_show(request: PersonRequest, endpoint: Endpoint) -> str:
    """The secret in the clear, on the first whole page after it was made, and never again."""
    if request.htmx or request.method != "GET" or request.session.get(SHOW_SECRET) != endpoint.pk:
        return ""
    del request.session[SHOW_SECRET]
    try:
        return signing_secrets(endpoint, clock.read())[0]
    except NotOpened:
        return ""


def _ends_soon(row: Delivery, soon: object) -> bool:
    return row.state == DeliveryState.PENDING and not row.is_held and row.next_try_at < soon  # type: ignore[operator]


@require_safe
def delivery_page(request: PersonRequest, pk: int) -> HttpResponse:
    delivery = reach(Delivery.objects.select_related("event", "endpoint__seller"), request.user, RIGHT, pk=pk)
    now = clock.read()
    context = {
        "delivery": delivery,
        "endpoint": delivery.endpoint,
        "kind": name_of(delivery.event.kind),
        "tries": [(one, fault_of(one)) for one in delivery.log.order_by("-number")[:PAGE]],
        "body": said_of(delivery.event),
        "is_moving": delivery.endpoint.is_on and _ends_soon(delivery, now + SOON),
    }
    return page_or_part(request, "webhooks/delivery.html", "webhooks/delivery_body.html", context)


@require_POST
def switching(request: PersonRequest, pk: int) -> HttpResponse:
    """`on=1` or `on=0`: pressing twice is pressing once."""
    endpoint = reach(Endpoint.objects, request.user, RIGHT, pk=pk)
    if request.POST.get("on") == "1":
        endpoints.switch_on(endpoint, by=request.user)
        messages.success(request, _("Switched on. What waited is sent now."))
    else:
        endpoints.switch_off(endpoint, because=Off.PERSON, now=clock.read(), by=request.user)
        messages.success(
            request, _("Switched off. What is on its way waits; new events are not kept for it.")
        )
    return redirect("settings_webhooks_endpoint", pk=pk)


@require_POST
def new_secret(request: PersonRequest, pk: int) -> HttpResponse:
    endpoint = reach(Endpoint.objects, request.user, RIGHT, pk=pk)
    require_fresh_password(request)
    endpoints.change_secret(endpoint, by=request.user)
    request.session[SHOW_SECRET] = endpoint.pk
    return redirect("settings_webhooks_endpoint", pk=pk)


@require_POST
def testing(request: PersonRequest, pk: int) -> HttpResponse:
    endpoint = reach(Endpoint.objects, request.user, RIGHT, pk=pk)
    try:
        delivery = endpoints.send_test(endpoint, by=request.user)
    except EndpointRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("settings_webhooks_endpoint", pk=pk)
    return redirect("settings_webhooks_delivery", pk=delivery.pk)


@require_POST
def removal(request: PersonRequest, pk: int) -> HttpResponse:
    endpoint = reach(Endpoint.objects, request.user, RIGHT, pk=pk)
    require_fresh_password(request)
    endpoints.remove(endpoint, by=request.user)
    messages.success(request, _("Removed. Nothing more is sent to %(url)s.") % {"url": endpoint.url})
    return redirect("settings_webhooks")


@require_POST
def redelivery(request: PersonRequest, pk: int) -> HttpResponse:
    delivery = reach(Delivery.objects.select_related("endpoint"), request.user, RIGHT, pk=pk)
    if not redelivering.redeliver(delivery, by=request.user):
        messages.info(request, _("It was sent again a moment ago already."))
    elif not delivery.endpoint.is_on:
        messages.warning(request, _("It goes out as soon as the endpoint is switched on."))
    return redirect("settings_webhooks_delivery", pk=pk)
