"""The pages of this folder: what a page tells of a visit."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_POST

from vitrina.accounts.doors import PersonRequest
from vitrina.inbox import desk
from vitrina.inbox.statistics import visiting
from vitrina.inbox.statistics.visiting import Told


@require_POST
def visit(request: PersonRequest, pk: int) -> HttpResponse:
    """Sent by an open page after it was drawn: nobody waits for the answer."""
    interaction = desk.mine(request, pk)
    told = Told.of(request.POST)
    if told is None:
        return HttpResponseBadRequest()
    visiting.visit(interaction, told, by=request.user)
    return HttpResponse(status=204)
