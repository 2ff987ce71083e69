"""Doors of the exports: what is wanted, what would go and what not, the file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog import exporting, limits
from vitrina.catalog.exporting import ExportOptions
from vitrina.catalog.forms import ExportForm
from vitrina.catalog.limit_words import asks, field_words, kind_words, limit_words
from vitrina.catalog.listing import Remark
from vitrina.catalog.models import Category, Export, RunState
from vitrina.catalog.showing_preview import sentence
from vitrina.catalog.tidying import EXPORTS_KEPT
from vitrina.jobs import events
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.models import Job
from vitrina.lib import downloads, files

PAGE = 30
LIVE = ("waiting", "running")


@require_http_methods(["GET", "HEAD", "POST"])
def exports_page(request: PersonRequest) -> HttpResponse:
    sellers = Seller.objects.reachable_by(request.user, Right.EXPORT)
    asked = {
        "words": request.GET.get("q", "")[:200],
        "category": request.GET.get("category", "")[:18],
        "seller": request.GET.get("seller", "")[:18],
    }
    form = ExportForm(
        request.POST or None, sellers=sellers, initial={name: said for name, said in asked.items() if said}
    )
    if request.method == "POST":
        if not sellers:
            raise PermissionDenied
        if form.is_valid():
            given = form.cleaned_data
            try:
                export_run = exporting.draft(
                    given["seller"], target=given["target"], file_format=given["file_format"],
                    language=given["language"], options=_options(given), by=request.user,
                )  # fmt: skip
            except QueueFull as full:
                messages.error(request, str(full))
            else:
                return redirect("export", pk=export_run.pk)
    screen = by_key(
        Export.objects.reachable_by(request.user).select_related("seller", "created_by").defer("checked"),
        request,
        size=PAGE,
    )
    titles = {key: _(target.title) for key, target in limits.targets().items()}
    for row in screen.rows:
        row.target_title = titles.get(row.target, row.target)  # type: ignore[attr-defined]
    return page_or_part(
        request, "catalog/exports.html", "catalog/export_list.html",
        {"form": form, "slice": screen, "can_export": bool(sellers)},
        status=422 if form.errors else 200,
    )  # fmt: skip


def _options(given: dict[str, Any]) -> ExportOptions:
    wanted: dict[str, Any] = {}
    if given["words"]:
        wanted["text"] = given["words"]
    if given["category"]:
        wanted["category_id"] = given["category"].pk
    options = ExportOptions(filter=wanted)
    if given["which"] == "since":
        before = exporting.last_before(given["seller"].pk, given["target"], given["language"])
        if before is not None:
            options = replace(options, changed_since=before.created_at.isoformat())
    return options


@require_safe
def export_page(request: PersonRequest, pk: int) -> HttpResponse:
    after = events.last_id()
    export_run = reach(Export.objects.select_related("seller", "created_by"), request.user, Right.VIEW, pk=pk)
    target = limits.targets().get(export_run.target)
    job = Job.objects.filter(pk=export_run.job_id).first() if export_run.job_id else None
    checked = export_run.checked or {}
    return page_or_part(
        request,
        "catalog/export.html",
        "catalog/export_body.html",
        {
            "run": export_run,
            "target_title": _(target.title) if target else export_run.target,
            "limits": [
                {
                    "field": field_words(limit.field), "asks": asks(limit), "kind": limit.kind,
                    "kind_words": kind_words(limit.kind), "source": limit.source, "note": limit.note,
                }
                for limit in (*target.limits, *limits.format_limits(export_run.format))
            ]
            if target
            else [],
            "limits_version": limits.version(),
            "wanted": _wanted(export_run),
            "checked": checked,
            "held": _groups(checked.get("reasons", []), export_run.reasons),
            "advised": _groups(checked.get("advice", [])),
            "job": job,
            "is_draft": export_run.state == RunState.DRAFT,
            "is_live": job.is_live if export_run.state == RunState.DRAFT and job else export_run.state in LIVE,
            "kept_until": export_run.finished_at + EXPORTS_KEPT if export_run.finished_at else None,
            "rights": rights_of(request.user, export_run.seller_id),
            "after": after,
        },
    )  # fmt: skip


def _groups(reasons: list[dict[str, Any]], counts: dict[str, int] | None = None) -> list[dict[str, Any]]:
    """With words in the reader's language: «title: too long», for example «title has 75 characters, the limit is 60».

    `counts`: of the writing, which saw the cards as they were then; the check named the products.
    """
    known = {reason["code"]: reason for reason in reasons}
    groups = []
    for code, count in (counts or {code: reason["count"] for code, reason in known.items()}).items():
        reason = known.get(code, {"products": []})
        values = reason.get("values", {})
        if "field" in values:
            values = values | {"field": field_words(values["field"])}
        groups.append({
            "code": code,
            "count": count,
            "words": limit_words(code),
            "example": sentence(Remark(reason["sentence"], values)) if reason.get("sentence") else "",
            "products": reason["products"],
            "more": count - len(reason["products"]),
        })  # fmt: skip
    return sorted(groups, key=lambda group: -group["count"])


def _wanted(export_run: Export) -> list[str]:
    """Which products were asked for, in words; none: all of them."""
    options = ExportOptions.load(export_run.options)
    words = []
    if options.changed_since:
        words.append(_("changed since the last export for this target"))
    if options.filter.get("text"):
        words.append(_("with the words «%(words)s»") % {"words": options.filter["text"]})
    if options.filter.get("category_id"):
        path = (
            Category.objects.filter(pk=options.filter["category_id"]).values_list("path", flat=True).first()
        )
        words.append(path or "—")
    return words


@require_POST
def writing(request: PersonRequest, pk: int) -> HttpResponse:
    export_run = reach(Export.objects, request.user, Right.EXPORT, pk=pk)
    try:
        exporting.begin(export_run, by=request.user)
    except QueueFull as full:
        messages.error(request, str(full))
    return redirect("export", pk=pk)


@require_POST
def discarding(request: PersonRequest, pk: int) -> HttpResponse:
    export_run = reach(Export.objects, request.user, Right.EXPORT, pk=pk)
    if exporting.discard(export_run):
        messages.success(request, _("The export was put away; nothing was written."))
        return redirect("exports")
    return redirect("export", pk=pk)


@require_POST
def repetition(request: PersonRequest, pk: int) -> HttpResponse:
    """The same wish once more, checked against the cards as they now are."""
    export_run = reach(Export.objects.select_related("seller"), request.user, Right.EXPORT, pk=pk)
    options = ExportOptions.load(export_run.options)
    if options.changed_since:
        before = exporting.last_before(export_run.seller_id, export_run.target, export_run.language)
        options = replace(options, changed_since=before.created_at.isoformat() if before else "")
    try:
        again = exporting.draft(
            export_run.seller, target=export_run.target, file_format=export_run.format,
            language=export_run.language, options=options, by=request.user,
        )  # fmt: skip
    except (QueueFull, limits.UnknownTarget, limits.UnknownLimit) as refusal:
        messages.error(request, str(refusal))
        return redirect("export", pk=pk)
    return redirect("export", pk=again.pk)


@require_safe
def export_file(request: PersonRequest, pk: int) -> HttpResponseBase:
    export_run = reach(Export.objects, request.user, Right.EXPORT, pk=pk)
    return _download(request, export_run.file_name, f"cards-{export_run.target}-{pk}.{export_run.format}")


@require_safe
def export_report(request: PersonRequest, pk: int) -> HttpResponseBase:
    export_run = reach(Export.objects, request.user, Right.EXPORT, pk=pk)
    return _download(request, export_run.report_name, f"held-back-{export_run.target}-{pk}.csv")


def _download(request: PersonRequest, stored: str, name: str) -> HttpResponseBase:
    if not stored:
        raise Http404
    try:
        stream = files.storage().open(stored)
    except FileNotFoundError as error:
        raise Http404 from error
    return downloads.file(request, stream, name)
