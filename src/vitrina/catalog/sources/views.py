"""Doors of the sources: the list, a new one, one with its looks; a look now, a pause, the end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.sources import asking, changing
from vitrina.catalog.sources.changing import SourceRefused
from vitrina.catalog.sources.forms import SourceForm
from vitrina.catalog.sources.models import Look, Source, SourceKind
from vitrina.catalog.sources.showing import (
    figures,
    is_left,
    live_jobs,
    pace_words,
    pages_of,
    standing,
    trouble_of,
)
from vitrina.catalog.sources.troubles import DOUBTS
from vitrina.jobs import events
from vitrina.jobs.enqueue import QueueFull

RIGHT = Right.IMPORT
PAGE = 30
LOOKS = 20
REMARKS = 50


@require_safe
def sources_page(request: PersonRequest) -> HttpResponse:
    screen = by_key(
        Source.objects.reachable_by(request.user).select_related("seller", "connection"), request, size=PAGE
    )
    live = live_jobs(screen.rows)
    rows = [
        {
            "source": one,
            "standing": standing(one, is_live=one.pk in live),
            "trouble": trouble_of(one),
            "pace": pace_words(one.every_minutes),
        }
        for one in screen.rows
    ]
    context = {
        "slice": screen,
        "rows": rows,
        "can_add": Seller.objects.reachable_by(request.user, RIGHT).exists(),
        "is_live": bool(live),
    }
    return page_or_part(request, "catalog/sources.html", "catalog/source_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def source_addition(request: PersonRequest) -> HttpResponse:
    sellers = Seller.objects.reachable_by(request.user, RIGHT)
    if not sellers:
        raise PermissionDenied
    known = {name: request.GET[name] for name in ("place", "seller", "address") if name in request.GET}
    form = SourceForm(request.POST or None, sellers=sellers, initial=known or None)
    if request.method == "POST" and form.is_valid():
        given, connection = form.cleaned_data, form.connection
        try:
            source = changing.create(
                connection.seller if connection else given["seller"],
                connection.platform if connection else given["place"],
                name=given["name"],
                address="" if connection else given["address"],
                connection=connection,
                every_minutes=given["every_minutes"],
                enrich=given["enrich"],
                options=form.options if given["place"] == SourceKind.SITE else {},
                by=request.user,
            )
            asking.look_now(source, by=request.user)
        except SourceRefused as refused:
            _tell(form, refused)
        except QueueFull as full:
            messages.warning(request, str(full))
            return redirect("source", pk=source.pk)
        else:
            return redirect("source", pk=source.pk)
    status = 422 if form.errors else 200
    return render(request, "catalog/source_addition.html", {"form": form}, status=status)


@require_safe
def source_page(request: PersonRequest, pk: int) -> HttpResponse:
    after = events.last_id()
    source = reach(
        Source.objects.select_related("seller", "connection", "created_by"), request.user, Right.VIEW, pk=pk
    )
    job = live_jobs([source]).get(source.pk)
    screen = by_key(Look.objects.filter(source=source).select_related("import_run"), request, size=LOOKS)
    latest = source.looks.select_related("import_run").order_by("-pk").first()
    said = latest.said if latest else []
    context = {
        "source": source,
        "standing": standing(source, is_live=job is not None),
        "trouble": trouble_of(latest) if latest and job else trouble_of(source),
        "may_be_taken": source.trouble_kind in DOUBTS and job is None,
        "pace": pace_words(source.every_minutes),
        "pages": pages_of(source),
        "job": job,
        "is_live": job is not None,
        "is_left": latest is not None and is_left(latest, job),
        "latest": latest,
        "figures": figures(latest) if latest else [],
        "remarks": said[:REMARKS],
        "more_remarks": len(said) > REMARKS,
        "slice": screen,
        "rights": rights_of(request.user, source.seller_id),
        "after": after,
    }
    return page_or_part(request, "catalog/source.html", "catalog/source_body.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def source_change(request: PersonRequest, pk: int) -> HttpResponse:
    source = reach(Source.objects.select_related("seller", "connection"), request.user, RIGHT, pk=pk)
    form = SourceForm(request.POST or None, source=source)
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = {
            name: form.cleaned_data[name]
            for name in ("name", "address", "every_minutes", "enrich")
            if name in form.fields
        }
        if source.kind == SourceKind.SITE:
            said["options"] = {
                name: value for name, value in source.options.items() if name not in ("holds", "most_pages")
            } | form.options
        try:
            changing.change(source, by=request.user, **said)
        except SourceRefused as refused:
            _tell(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("source", pk=pk)
    context = {"form": form, "source": source}
    return render(request, "catalog/source_change.html", context, status=422 if form.errors else 200)


@require_POST
def source_look(request: PersonRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, is_forced=False)


@require_POST
def source_taking(request: PersonRequest, pk: int) -> HttpResponse:
    """A person believes what the look doubted."""
    return _ask(request, pk, is_forced=True)


@require_POST
def source_switching(request: PersonRequest, pk: int) -> HttpResponse:
    """`on=1` or `on=0`: pressing twice is pressing once."""
    source = reach(Source.objects, request.user, RIGHT, pk=pk)
    changing.switch(source, on=request.POST.get("on") == "1", by=request.user)
    return redirect("source", pk=pk)


@require_POST
def source_removal(request: PersonRequest, pk: int) -> HttpResponse:
    source = reach(Source.objects, request.user, RIGHT, pk=pk)
    changing.remove(source, by=request.user)
    messages.success(
        request, _("«%(name)s» was taken away. The products that it brought stay.") % {"name": source}
    )
    return redirect("sources")


def _ask(request: PersonRequest, pk: int, *, is_forced: bool) -> HttpResponse:
    source = reach(Source.objects, request.user, RIGHT, pk=pk)
    try:
        asking.look_now(source, by=request.user, is_forced=is_forced)
    except QueueFull as full:
        messages.warning(request, str(full))
    return redirect("source", pk=pk)


def _tell(form: SourceForm, refused: SourceRefused) -> None:
    field = refused.field if refused.field in form.fields else None
    form.add_error(field, str(refused))
