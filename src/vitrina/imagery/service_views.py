"""Settings: picture services, how they stand and in which order they are asked; a small picture to try one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, sellers_of
from vitrina.accounts.roles import Right
from vitrina.engine.route_views import only_superusers
from vitrina.imagery import asking, service_order
from vitrina.imagery.asking import PicturesSpent, QueueFull
from vitrina.imagery.installed import Installed, services
from vitrina.imagery.options import Options
from vitrina.imagery.scene import Recipe, Scene
from vitrina.imagery.standing import standings
from vitrina.jobs.enqueue import Priority

TRIAL = Scene(
    recipe=Recipe.FREE,
    parts=("a single red apple on a plain white table, soft daylight", "studio photograph, sharp focus"),
    width=512,
    height=512,
)


@never_cache
@require_safe
def services_page(request: PersonRequest) -> HttpResponse:
    only_superusers(request)
    rows = standings()
    context = {
        "rows": rows,
        "ready": sum(row.state == "ready" and not row.installed.service.is_offline for row in rows),
        "sellers": sellers_of(request.user, Right.ILLUSTRATE),
    }
    return render(request, "imagery/services.html", context)


@require_POST
def service_move(request: PersonRequest, name: str) -> HttpResponse:
    """`to`: "earlier" or "later"."""
    only_superusers(request)
    names = list(services())
    place = names.index(_known(name).name)
    names.remove(name)
    names.insert(max(0, place + (-1 if request.POST.get("to") == "earlier" else 1)), name)
    service_order.arrange(names, by=request.user)
    return redirect("settings_pictures")


@require_POST
def service_switching(request: PersonRequest, name: str) -> HttpResponse:
    """`on=1` or `on=0`: pressing twice is pressing once."""
    only_superusers(request)
    _known(name)
    service_order.switch(name, on=request.POST.get("on") == "1", by=request.user)
    return redirect("settings_pictures")


@require_POST
def service_trial(request: PersonRequest, name: str) -> HttpResponse:
    """One small picture, of one seller's plan: this service is asked first, and the tries say what it answered."""
    only_superusers(request)
    service = _known(name)
    sellers = sellers_of(request.user, Right.ILLUSTRATE)
    seller = next((one for one in sellers if str(one.pk) == request.POST.get("seller")), None)
    if seller is None or not service.is_usable:
        messages.error(request, _("It can't be tried now. Nothing was asked."))
        return redirect("settings_pictures")
    try:
        image = asking.ask_for(
            seller,
            TRIAL,
            title=_("Trial: %(service)s") % {"service": service.service.title},
            options=Options(service=name, is_forced=True),
            by=request.user,
            priority=Priority.OPERATOR,
        )
    except (PicturesSpent, QueueFull) as refused:
        messages.error(request, str(refused))
        return redirect("settings_pictures")
    return redirect("image", pk=image.pk)


def _known(name: str) -> Installed:
    found = services().get(name)
    if found is None:
        raise Http404
    return found
