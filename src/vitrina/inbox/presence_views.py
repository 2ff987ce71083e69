"""A page's beat: which interaction it has open, and whether somebody types in it."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from vitrina.accounts.doors import PersonRequest
from vitrina.inbox import presence
from vitrina.inbox.desk import seen
from vitrina.inbox.presence import LONGEST_WINDOW


@require_POST
def presence_beat(request: PersonRequest, pk: int) -> HttpResponse:
    """{"people": [Colleague]}: the others who have it open."""
    interaction = seen(request, pk)
    if window := _window(request):
        presence.beat(request.user, window, interaction, types=request.POST.get("types") == "1")
    people = presence.colleagues([pk], besides=request.user).get(pk, [])
    return JsonResponse({"people": people})


@require_POST
def absence(request: PersonRequest) -> HttpResponse:
    """Nothing is open in this window, or it is being closed."""
    if window := _window(request):
        presence.beat(request.user, window, None)
    return JsonResponse({})


def _window(request: PersonRequest) -> str:
    window = request.POST.get("window", "")
    return window if window.isascii() and window.isalnum() and len(window) <= LONGEST_WINDOW else ""
