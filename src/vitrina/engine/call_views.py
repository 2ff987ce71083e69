"""The log of model calls: what was asked of whom, what came back, what it cost; and asking it once more."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest, reach, rights_of, sellers_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.engine import calls, exchanges, fault_words, repeating
from vitrina.engine.call_export import as_csv
from vitrina.engine.calls import CallFilter
from vitrina.engine.core.routes import ROUTES
from vitrina.engine.jobs import REPEAT
from vitrina.engine.models import ModelCall
from vitrina.engine.pricing import price_of
from vitrina.engine.route_views import told
from vitrina.engine.route_words import route_name
from vitrina.jobs import events
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.jobs.models import Job
from vitrina.lib import downloads

PAGE = 50
SIBLINGS = 30


@require_safe
def calls_page(request: PersonRequest) -> HttpResponse:
    wanted = CallFilter.of(request.GET.dict())
    screen = calls.page(
        wanted.narrow(ModelCall.objects.reachable_by(request.user)), request.GET.dict(), size=PAGE
    )
    filled = {name: value for name, value in vars(wanted).items() if value}
    context = {
        "slice": screen,
        "wanted": wanted,
        "sellers": sellers_of(request.user),
        "routes": [(route.name, route_name(route.name)) for route in ROUTES],
        "outcomes": calls.OUTCOMES,
        "faults": fault_words.NAMES.items(),
        "query": urlencode(filled),
        "more": any((wanted.provider, wanted.model, wanted.fault, wanted.job, wanted.cost, wanted.until)),
    }
    return page_or_part(request, "engine/calls.html", "engine/call_list.html", context)


@require_safe
def calls_csv(request: PersonRequest) -> HttpResponseBase:
    wanted = CallFilter.of(request.GET.dict())
    found = wanted.narrow(ModelCall.objects.reachable_by(request.user))
    return downloads.table(request, as_csv(found), f"model-calls-{timezone.localtime():%Y-%m-%d-%H%M}.csv")


@never_cache
@require_safe
def call_page(request: PersonRequest, pk: UUID) -> HttpResponse:
    call = reach(ModelCall.objects.select_related("seller", "user"), request.user, Right.VIEW, pk=pk)
    exchange = exchanges.kept(call.pk)
    siblings = ModelCall.objects.filter(job_id=call.job_id).exclude(pk=call.pk) if call.job_id else None
    context = {
        "call": call,
        "exchange": exchange,
        "question": exchanges.question_of(exchange) if exchange else None,
        "answer": pretty(exchange.answer) if exchange else "",
        "siblings": list(siblings.order_by("at", "id")[:SIBLINGS]) if siblings is not None else [],
        "job": Job.objects.reachable_by(request.user).filter(pk=call.job_id).first() if call.job_id else None,
        "route_title": route_name(call.route),
        "fault_name": fault_words.name_of(call.error_class),
        "fault_help": fault_words.help_of(call.error_class),
        "price": _price(call),
        "why_not": repeating.why_not(call, has_exchange=exchange is not None),
        "may_repeat": _may_repeat(request, call),
        **_repetition(request, call, exchange),
    }
    return page_or_part(request, "engine/call.html", "engine/call_body.html", context)


@require_POST
def call_repetition(request: PersonRequest, pk: UUID) -> HttpResponse:
    call = reach(ModelCall.objects, request.user, Right.ENRICH, pk=pk)
    if not _may_repeat(request, call):
        raise PermissionDenied
    with transaction.atomic():
        job = enqueue(
            REPEAT,
            {"call_id": str(call.pk), "user_id": request.user.pk},
            key=f"{call.pk}:{request.user.pk}",
            seller_id=call.seller_id,
            priority=Priority.OPERATOR,
            title=call.source,
            created_by_id=request.user.pk,
        )
        audit.record("call.repeat", call, by=request.user, seller_id=call.seller_id, after={"job": job.pk})
    return redirect(f"{reverse('call', kwargs={'pk': call.pk})}?repetition={job.pk}#repetition")


@never_cache
@require_safe
def call_repetition_part(request: PersonRequest, pk: UUID, job: int) -> HttpResponse:
    """How the repetition goes, beside the answer of then: follows its job."""
    call = reach(ModelCall.objects.select_related("seller"), request.user, Right.VIEW, pk=pk)
    after = events.last_id()
    found = reach(Job.objects, request.user, Right.VIEW, pk=job, kind=REPEAT)
    exchange = exchanges.kept(call.pk)
    context = {"call": call, "repetition": _beside(found, exchange), "after": after}
    return page_or_part(request, "engine/repetition_page.html", "engine/repetition_inner.html", context)


def pretty(answer: str) -> str:
    """JSON on several lines; anything else as it came."""
    try:
        return json.dumps(json.loads(answer), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return answer


def _may_repeat(request: PersonRequest, call: ModelCall) -> bool:
    if call.seller_id is None:
        return request.user.is_superuser
    return Right.ENRICH in rights_of(request.user, call.seller_id)


def _repetition(request: PersonRequest, call: ModelCall, exchange: Any) -> dict[str, Any]:
    wanted = request.GET.get("repetition", "")
    after = events.last_id()
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        return {"repetition": None, "after": after}
    job = Job.objects.reachable_by(request.user).filter(pk=int(wanted), kind=REPEAT).first()
    if job is None or job.payload.get("call_id") != str(call.pk):
        return {"repetition": None, "after": after}
    return {"repetition": _beside(job, exchange), "after": after}


def _beside(job: Job, exchange: Any) -> dict[str, Any]:
    shown = told(job)
    now, then = shown["result"].get("answer", ""), exchange.answer if exchange else ""
    return shown | {"now": pretty(now), "then": pretty(then), "is_same": bool(now) and now == then}


def _price(call: ModelCall) -> Any:
    """Today's price of the model, for whoever wonders what the cost is made of; None where none is known."""
    if not call.provider:
        return None
    return price_of(call.provider, call.model)
