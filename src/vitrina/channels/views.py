"""Marketplaces in Settings: the connections of one's sellers, a new one, and one with what it opens."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, sellers_of
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.proving import require_fresh_password
from vitrina.accounts.roles import Right
from vitrina.channels import connecting, getting
from vitrina.channels import probing as asking
from vitrina.channels.connecting import ConnectedAlready
from vitrina.channels.forms import CredentialsForm
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.platforms import Platform
from vitrina.channels.standing import TROUBLE_WORDS, doors, expires_soon, is_expired, standing, trouble_words
from vitrina.jobs import clock, events
from vitrina.jobs.models import Job

RIGHT = Right.MANAGE_SELLER


@require_safe
def connections_page(request: PersonRequest) -> HttpResponse:
    if not sellers_of(request.user, RIGHT):
        raise PermissionDenied
    shown = list(
        Connection.objects.connected()
        .reachable_by(request.user, RIGHT)
        .select_related("seller")
        .order_by("seller__name", "platform")
    )
    now = clock.read()
    rows = [
        {
            "connection": one,
            "platform": asking.words_of(one),
            "standing": standing(one, now),
            "doors": doors(one),
            "expires_soon": expires_soon(one, now),
            "is_expired": is_expired(one, now),
        }
        for one in shown
    ]
    context = {
        "rows": rows,
        "many_sellers": len({one.seller_id for one in shown}) > 1,
        "ways": [] if rows else _ways(),
    }
    return render(request, "channels/connections.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new_page(request: PersonRequest) -> HttpResponse:
    """First which marketplace (`?platform=`), then its credentials."""
    sellers = sellers_of(request.user, RIGHT)
    if not sellers:
        raise PermissionDenied
    require_fresh_password(request)
    platform = PLATFORMS.get(request.GET.get("platform", ""))
    if platform is None:
        status = 422 if request.method == "POST" else 200
        return render(request, "channels/choice.html", {"ways": _ways()}, status=status)
    form = CredentialsForm(request.POST or None, platform=platform, sellers=sellers)
    if request.method == "POST" and form.is_valid():
        seller = reach(Seller.objects, request.user, RIGHT, pk=form.cleaned_data["seller"].pk)
        try:
            connection = connecting.connect(seller, platform, form.given, by=request.user)
        except ConnectedAlready as already:
            form.add_error(None, str(already))
        else:
            return redirect("settings_channels_connection", pk=connection.pk)
    context = {"form": form, "platform": platform, "how": getting.how(platform.name)}
    return render(request, "channels/new.html", context, status=422 if form.errors else 200)


@require_safe
def connection_page(request: PersonRequest, pk: int) -> HttpResponse:
    after = events.last_id()
    connection = _reached(request, pk)
    now = clock.read()
    context = {
        "connection": connection,
        "platform": asking.words_of(connection),
        "credentials": _shown(connection),
        "standing": standing(connection, now),
        "doors": doors(connection),
        "trouble_words": trouble_words(connection),
        "is_expired": is_expired(connection, now),
        "expires_soon": expires_soon(connection, now),
        "job": Job.objects.live().filter(kind=asking.PROBE, key=str(pk)).order_by("pk").last(),
        "after": after,
    }
    return page_or_part(request, "channels/connection.html", "channels/opened.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def credentials_page(request: PersonRequest, pk: int) -> HttpResponse:
    connection = _reached(request, pk)
    platform = PLATFORMS.get(connection.platform)
    if platform is None:
        messages.warning(request, str(TROUBLE_WORDS[asking.UNKNOWN_PLATFORM]))
        return redirect("settings_channels_connection", pk=pk)
    require_fresh_password(request)
    form = CredentialsForm(request.POST or None, platform=platform, shown=connection.shown)
    if request.method == "POST" and form.is_valid():
        connecting.change_credentials(connection, form.given, by=request.user)
        messages.success(request, _("The new credentials are kept; the ones before are gone."))
        return redirect("settings_channels_connection", pk=pk)
    context = {
        "form": form,
        "connection": connection,
        "platform": platform,
        "how": getting.how(platform.name),
    }
    return render(request, "channels/credentials.html", context, status=422 if form.errors else 200)


@require_POST
def probing(request: PersonRequest, pk: int) -> HttpResponse:
    connection = _reached(request, pk)
    if not connection.is_on:
        messages.warning(request, _("It is switched off. Switch it on, then it is asked."))
    elif asking.probe_later(connection, by=request.user) is None:
        messages.warning(request, _("The seller's queue of jobs is full. Ask again in a minute."))
    return redirect("settings_channels_connection", pk=pk)


@require_POST
def switching(request: PersonRequest, pk: int) -> HttpResponse:
    """`on=1` or `on=0`: pressing twice is pressing once."""
    connection = _reached(request, pk)
    if request.POST.get("on") == "1":
        connecting.switch_on(connection, by=request.user)
        messages.success(request, _("Switched on."))
    else:
        connecting.switch_off(connection, by=request.user)
        messages.success(request, _("Switched off. Nothing is read there and nothing sent."))
    return redirect("settings_channels_connection", pk=pk)


@require_POST
def removal(request: PersonRequest, pk: int) -> HttpResponse:
    connection = _reached(request, pk)
    require_fresh_password(request)
    connecting.disconnect(connection, by=request.user)
    messages.success(
        request,
        _("Disconnected. The credentials for %(platform)s are gone.")
        % {"platform": asking.words_of(connection)},
    )
    return redirect("settings_channels")


def _reached(request: PersonRequest, pk: int) -> Connection:
    rows = Connection.objects.connected().select_related("seller", "created_by")
    return reach(rows, request.user, RIGHT, pk=pk)


def _shown(connection: Connection) -> list[tuple[str, str]]:
    """The words of each credential, and what may be shown of it."""
    platform = PLATFORMS.get(connection.platform)
    words = {one.name: str(one.words) for one in platform.credentials} if platform else {}
    return [(words.get(name, name), str(value)) for name, value in connection.shown.items()]


def _ways() -> list[tuple[Platform, str]]:
    return [(platform, getting.how(platform.name)) for platform in PLATFORMS.values()]
