"""Doors of the imports: a feed is given, looked at, explained, tried out, read; what was broken is handed back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog import broken_rows, columns, feed_tree, preparing
from vitrina.catalog.feed_words import error_words
from vitrina.catalog.forms import MOST_UPLOAD_MB, FeedForm, ImportForm
from vitrina.catalog.importing import ImportOptions, remembered_columns
from vitrina.catalog.models import ColumnMapping, Import, Product, RunState
from vitrina.catalog.role_words import role_words
from vitrina.catalog.showing_preview import shown_preview
from vitrina.jobs import events
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.models import Job
from vitrina.lib import downloads

PAGE = 30
BROKEN_SHOWN = 100
MAPPINGS_SHOWN = 50
LIVE = ("waiting", "running")


@require_http_methods(["GET", "HEAD", "POST"])
def imports_page(request: PersonRequest) -> HttpResponse:
    sellers = Seller.objects.reachable_by(request.user, Right.IMPORT)
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        sellers=sellers,
        initial={"seller": request.GET["seller"]} if "seller" in request.GET else None,
    )
    if request.method == "POST":
        if not sellers:
            raise PermissionDenied
        if form.is_valid():
            given = form.cleaned_data
            try:
                import_run = preparing.draft(
                    given["seller"],
                    url=given["url"],
                    file=given["file"],
                    file_name=given["file"].name if given["file"] else "",
                    options=ImportOptions(grow_tree=feed_tree.is_bare(given["seller"])),
                    by=request.user,
                )
            except QueueFull as full:
                form.add_error(None, str(full))
            else:
                return _to(request, import_run)
    screen = by_key(
        Import.objects.reachable_by(request.user)
        .select_related("seller", "created_by")
        .defer("preview", "trial"),
        request,
        size=PAGE,
    )
    return page_or_part(
        request, "catalog/imports.html", "catalog/import_list.html",
        {
            "form": form, "slice": screen, "can_import": bool(sellers), "limit_mb": MOST_UPLOAD_MB,
            "mappings": list(ColumnMapping.objects.reachable_by(request.user, Right.IMPORT).select_related("seller").order_by("-updated_at")[:MAPPINGS_SHOWN]),
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


@require_safe
def import_page(request: PersonRequest, pk: int) -> HttpResponse:
    after = events.last_id()
    import_run = reach(Import.objects.select_related("seller", "created_by"), request.user, Right.VIEW, pk=pk)
    job = Job.objects.filter(pk=import_run.job_id).first() if import_run.job_id else None
    if import_run.state == RunState.DRAFT:
        return _draft_page(request, import_run, job, after)
    rows = list(import_run.broken_rows.all()[: BROKEN_SHOWN + 1])
    gone = import_run.vanished or {}
    return page_or_part(
        request,
        "catalog/import.html",
        "catalog/import_body.html",
        {
            "run": import_run,
            "error": error_words(import_run.error),
            "job": job,
            "is_live": import_run.state in LIVE and (job is None or job.is_live),
            "is_from_address": _is_address(import_run),
            "rows": rows[:BROKEN_SHOWN],
            "more_rows": len(rows) > BROKEN_SHOWN,
            "vanished": gone,
            "vanished_products": list(
                Product.objects.filter(seller_id=import_run.seller_id, pk__in=gone.get("ids", []))
                .only("pk", "title", "external_id")
                .order_by("pk")
            )
            if gone.get("ids")
            else [],
            "columns": [(name, role_words(role)) for name, role in import_run.columns.items()],
            "rights": rights_of(request.user, import_run.seller_id),
            "after": after,
        },
    )


def _draft_page(
    request: PersonRequest, import_run: Import, job: Job | None, after: int, form: FeedForm | None = None
) -> HttpResponse:
    options = ImportOptions.load(import_run.options)
    return page_or_part(
        request,
        "catalog/import_draft.html",
        "catalog/import_draft_body.html",
        {
            "run": import_run,
            "error": error_words(import_run.error),
            "job": job,
            "is_live": job is not None and job.is_live,
            "is_from_address": _is_address(import_run),
            "shown": shown_preview(import_run) if import_run.preview else None,
            "form": form or FeedForm(initial={name: getattr(options, name) for name in FeedForm.base_fields}),
            "rights": rights_of(request.user, import_run.seller_id),
            "after": after,
        },
    )


# --- A draft ----------------------------------------------------------------------------------------------


@require_POST
def explanation(request: PersonRequest, pk: int) -> HttpResponse:
    """Keep what was said about the feed, and show what becomes of it."""
    import_run = reach(Import.objects.select_related("seller"), request.user, Right.IMPORT, pk=pk)
    _explain(request, import_run)
    if request.htmx and import_run.state == RunState.DRAFT:
        job = Job.objects.filter(pk=import_run.job_id).first() if import_run.job_id else None
        return _draft_page(request, import_run, job, events.last_id())
    return _to(request, import_run)


@require_POST
def dry_run(request: PersonRequest, pk: int) -> HttpResponse:
    import_run = reach(Import.objects.select_related("seller"), request.user, Right.IMPORT, pk=pk)
    _explain(request, import_run)
    try:
        preparing.try_out(import_run, by=request.user)
    except QueueFull as full:
        messages.error(request, str(full))
    return _to(request, import_run)


@require_POST
def reading(request: PersonRequest, pk: int) -> HttpResponse:
    import_run = reach(Import.objects.select_related("seller"), request.user, Right.IMPORT, pk=pk)
    _explain(request, import_run)
    if import_run.error:
        return _to(request, import_run)  # it can't be read the way it was said; the page tells why
    try:
        preparing.begin(import_run, by=request.user)
    except QueueFull as full:
        messages.error(request, str(full))
    return _to(request, import_run)


@require_POST
def discarding(request: PersonRequest, pk: int) -> HttpResponse:
    import_run = reach(Import.objects, request.user, Right.IMPORT, pk=pk)
    if preparing.discard(import_run):
        messages.success(
            request, _("«%(name)s» was put away; the catalogue is as it was.") % {"name": import_run}
        )
        return _redirect(request, reverse("imports"))
    return _to(request, import_run)


@require_POST
def repetition(request: PersonRequest, pk: int) -> HttpResponse:
    """The same address once more."""
    import_run = reach(Import.objects.select_related("seller"), request.user, Right.IMPORT, pk=pk)
    if not _is_address(import_run):
        messages.error(
            request, _("Only the feed of an address can be fetched again; give the file once more.")
        )
        return _to(request, import_run)
    try:
        if import_run.state == RunState.DRAFT or not import_run.read:
            again = preparing.draft(
                import_run.seller,
                url=import_run.source,
                options=ImportOptions.load(import_run.options),
                by=request.user,
            )
            preparing.discard(import_run)
        else:
            again = preparing.again(import_run, by=request.user)
    except QueueFull as full:
        messages.error(request, str(full))
        return _to(request, import_run)
    return _to(request, again)


def _explain(request: PersonRequest, import_run: Import) -> None:
    """What the form says. A form that was not shown in whole (no columns in it) changes no column."""
    if import_run.state != RunState.DRAFT or not import_run.preview or "explains" not in request.POST:
        return
    form = FeedForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return
    options = replace(ImportOptions.load(import_run.options), **form.cleaned_data)
    if import_run.preview["format"] != "yml":
        names = import_run.preview["columns"]
        remembered = remembered_columns(import_run.seller, names)
        roles = columns.roles_of(names, remembered | options.columns)
        for number, name in enumerate(names):
            role = request.POST.get(f"role_{number}", roles[name])
            if role in columns.KNOWN_ROLES:
                roles[name] = role
        options = replace(options, columns=preparing.said_of(roles, remembered=remembered))
    preparing.explain(import_run, options)


def _is_address(import_run: Import) -> bool:
    return not import_run.file_name and import_run.source.startswith(("http://", "https://"))


def _to(request: PersonRequest, import_run: Import) -> HttpResponse:
    return _redirect(request, reverse("import", kwargs={"pk": import_run.pk}))


def _redirect(request: PersonRequest, address: str) -> HttpResponse:
    """htmx follows a redirect inside its request; a new page has to be asked for by name."""
    if request.htmx:
        answer: Any = HttpResponse()
        answer["HX-Redirect"] = address
        return answer  # type: ignore[no-any-return]
    return redirect(address)


# --- What was broken --------------------------------------------------------------------------------------


@require_safe
def broken_rows_csv(request: PersonRequest, pk: int) -> HttpResponseBase:
    import_run = reach(Import.objects, request.user, Right.VIEW, pk=pk)
    return downloads.table(request, broken_rows.as_csv(import_run), f"import-{pk}-rows.csv")


@require_safe
def broken_rows_xlsx(request: PersonRequest, pk: int) -> HttpResponseBase:
    import_run = reach(Import.objects, request.user, Right.VIEW, pk=pk)
    return downloads.file(
        request, broken_rows.as_xlsx(import_run), f"import-{pk}-rows.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )  # fmt: skip


# --- Columns that were explained --------------------------------------------------------------------------


@require_POST
def forgetting(request: PersonRequest, pk: int) -> HttpResponse:
    mapping = reach(ColumnMapping.objects, request.user, Right.IMPORT, pk=pk)
    audit.record("columns.forgotten", mapping, by=request.user, before={"columns": mapping.columns})
    mapping.delete()
    messages.success(request, _("Forgotten. The next file with these columns is read as their names say."))
    return redirect("imports")
