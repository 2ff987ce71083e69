"""The statistics of the inbox as a page and as a file, and what an open page tells of a visit."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, sellers_of
from vitrina.accounts.pages import page_or_part
from vitrina.inbox import desk
from vitrina.inbox.statistics import figures, keeping, period, rows, table, visiting, words
from vitrina.inbox.statistics.asking import Wanted
from vitrina.inbox.statistics.models import Clock
from vitrina.inbox.statistics.reading import read
from vitrina.inbox.statistics.visiting import Told
from vitrina.lib import downloads


@require_safe
def statistics_page(request: PersonRequest) -> HttpResponse:
    wanted = Wanted.of(request.GET)
    found = read(wanted.sellers(request.user), wanted.period)
    context = _frame(request, wanted) | {"found": found}
    if found:
        context |= {
            "steps": rows.steps(found, wanted),
            "is_by_week": len(wanted.period.steps) < len(wanted.period.days),
            "priorities": rows.by_priority(found, wanted),
            "channels": rows.by_channel(found, wanted),
            "intents": rows.by_intent(found),
            "prompts": rows.by_prompt(found),
            "kinds": words.KINDS.items(),
            "outcomes": words.OUTCOMES.items(),
            "times": {clock.value: found.timed(clock) for clock in Clock},
            "goal_ready": figures.GOAL_READY,
            "goal_shown_ms": figures.GOAL_SHOWN_MS,
            "calls_query": urlencode(
                {"route": "reply", "since": wanted.period.first, "until": wanted.period.last}
                | wanted.of_seller
            ),
        }
    return page_or_part(request, "inbox/statistics.html", "inbox/statistics_body.html", context)


@require_safe
def statistics_csv(request: PersonRequest) -> HttpResponseBase:
    wanted = Wanted.of(request.GET)
    lines = table.as_csv(read(wanted.sellers(request.user), wanted.period), wanted.period)
    return downloads.table(request, lines, f"inbox-{wanted.period.first}-{wanted.period.last}.csv")


@require_POST
def visit(request: PersonRequest, pk: int) -> HttpResponse:
    """Sent by an open page after it was drawn: nobody waits for the answer."""
    interaction = desk.mine(request, pk)
    told = Told.of(request.POST)
    if told is None:
        return HttpResponseBadRequest()
    visiting.visit(interaction, told, by=request.user)
    return HttpResponse(status=204)


def _frame(request: PersonRequest, wanted: Wanted) -> dict[str, Any]:
    """What stands around the numbers: the period and the seller, and other choices of both."""
    return {
        "wanted": wanted,
        "kept_days": keeping.KEEP_TALLIES.days,
        "sellers": sellers_of(request.user),
        "choices": [
            (days, urlencode({"days": days} | wanted.of_seller), days == wanted.days)
            for days in period.CHOICES
        ],
    }
