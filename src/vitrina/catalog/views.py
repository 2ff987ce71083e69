"""Doors of the catalogue: feeds in, cards out, the tree of categories."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog import categories, exporting, files, importing, limits
from vitrina.catalog.category_choice import visible_to
from vitrina.catalog.forms import ExportForm, ImportForm
from vitrina.catalog.limit_words import limit_words
from vitrina.catalog.models import Export, Import, Product
from vitrina.jobs import events
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.models import Job
from vitrina.lib.text import fold

PAGE = 30
BROKEN_SHOWN = 100
CATEGORIES_SHOWN = 300
LIVE = ("waiting", "running")


# --- Feeds in ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def imports_page(request: PersonRequest) -> HttpResponse:
    sellers = Seller.objects.reachable_by(request.user, Right.IMPORT)
    form = ImportForm(request.POST or None, request.FILES or None, sellers=sellers)
    if request.method == "POST":
        if not sellers:
            raise PermissionDenied
        if form.is_valid():
            given = form.cleaned_data
            try:
                import_run = importing.start(
                    given["seller"],
                    url=given["url"],
                    file=given["file"],
                    file_name=given["file"].name if given["file"] else "",
                    file_format=given["file_format"],
                    options=importing.ImportOptions(enrich=given["enrich"]),
                    by=request.user,
                )
            except QueueFull as full:
                messages.error(request, str(full))
            else:
                return redirect("import", pk=import_run.pk)
    screen = by_key(
        Import.objects.reachable_by(request.user).select_related("seller", "created_by"), request, size=PAGE
    )
    return page_or_part(
        request, "catalog/imports.html", "catalog/import_list.html",
        {"form": form, "slice": screen, "can_import": bool(sellers), "limit_mb": 512},
        status=422 if form.errors else 200,
    )  # fmt: skip


@require_safe
def import_page(request: PersonRequest, pk: int) -> HttpResponse:
    after = events.last_id()
    import_run = reach(Import.objects.select_related("seller", "created_by"), request.user, Right.VIEW, pk=pk)
    rows = list(import_run.broken_rows.all()[: BROKEN_SHOWN + 1])
    job = Job.objects.filter(pk=import_run.job_id).first() if import_run.job_id else None
    return page_or_part(
        request,
        "catalog/import.html",
        "catalog/import_body.html",
        {
            "run": import_run,
            "job": job,
            "is_live": import_run.state in LIVE and (job is None or job.is_live),
            "rows": rows[:BROKEN_SHOWN],
            "more_rows": len(rows) > BROKEN_SHOWN,
            "rights": rights_of(request.user, import_run.seller_id),
            "after": after,
        },
    )


@require_safe
def import_broken_rows(request: PersonRequest, pk: int) -> HttpResponseBase:
    import_run = reach(Import.objects, request.user, Right.VIEW, pk=pk)
    response = StreamingHttpResponse(
        importing.broken_rows_csv(import_run), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="import-{pk}-rows.csv"'
    return response


# --- Cards out --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def exports_page(request: PersonRequest) -> HttpResponse:
    sellers = Seller.objects.reachable_by(request.user, Right.EXPORT)
    form = ExportForm(request.POST or None, sellers=sellers)
    if request.method == "POST":
        if not sellers:
            raise PermissionDenied
        if form.is_valid():
            given = form.cleaned_data
            try:
                export_run = exporting.start(
                    given["seller"], target=given["target"], file_format=given["file_format"],
                    language=given["language"], by=request.user,
                )  # fmt: skip
            except QueueFull as full:
                messages.error(request, str(full))
            else:
                return redirect("export", pk=export_run.pk)
    screen = by_key(
        Export.objects.reachable_by(request.user).select_related("seller", "created_by"), request, size=PAGE
    )
    titles = {key: _(target.title) for key, target in limits.targets().items()}
    for row in screen.rows:
        row.target_title = titles.get(row.target, row.target)  # type: ignore[attr-defined]
    return page_or_part(
        request, "catalog/exports.html", "catalog/export_list.html",
        {"form": form, "slice": screen, "can_export": bool(sellers)},
        status=422 if form.errors else 200,
    )  # fmt: skip


@require_safe
def export_page(request: PersonRequest, pk: int) -> HttpResponse:
    after = events.last_id()
    export_run = reach(Export.objects.select_related("seller", "created_by"), request.user, Right.VIEW, pk=pk)
    target = limits.targets().get(export_run.target)
    return page_or_part(
        request,
        "catalog/export.html",
        "catalog/export_body.html",
        {
            "run": export_run,
            "target_title": _(target.title) if target else export_run.target,
            "reasons": [
                (limit_words(code), count)
                for code, count in sorted(export_run.reasons.items(), key=lambda pair: -pair[1])
            ],
            "job": Job.objects.filter(pk=export_run.job_id).first() if export_run.job_id else None,
            "is_live": export_run.state in LIVE,
            "rights": rights_of(request.user, export_run.seller_id),
            "after": after,
        },
    )


@require_safe
def export_file(request: PersonRequest, pk: int) -> HttpResponseBase:
    export_run = reach(Export.objects, request.user, Right.EXPORT, pk=pk)
    return _download(export_run.file_name, f"cards-{export_run.target}-{pk}.{export_run.format}")


@require_safe
def export_report(request: PersonRequest, pk: int) -> HttpResponseBase:
    export_run = reach(Export.objects, request.user, Right.EXPORT, pk=pk)
    return _download(export_run.report_name, f"held-back-{export_run.target}-{pk}.csv")


def _download(stored: str, name: str) -> HttpResponseBase:
    if not stored:
        raise Http404
    try:
        stream = files.storage().open(stored)
    except FileNotFoundError as error:
        raise Http404 from error
    # Never shown in the studio's own origin: what suppliers wrote is inside.
    return FileResponse(stream, as_attachment=True, filename=name, content_type="application/octet-stream")


# --- The tree ---------------------------------------------------------------------------------------------


@require_safe
def categories_page(request: PersonRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:200]
    tree = request.GET.get("tree", "")[:40]
    known = visible_to(request.user)
    trees = list(known.order_by("tree").values_list("tree", flat=True).distinct())
    rows = known.filter(tree=tree).order_by("path", "pk")
    if words:
        wanted = fold(words).split()
        found = [
            row for row in rows if all(word in fold(" ".join([row.path, *row.synonyms])) for word in wanted)
        ]
    else:
        found = list(rows[: CATEGORIES_SHOWN + 1])
    shown = found[:CATEGORIES_SHOWN]
    # A shared category holds other sellers' products, too; nobody learns how many.
    own = Product.objects.reachable_by(request.user).filter(category__in=[row.pk for row in shown])
    counts = dict(own.order_by().values_list("category").annotate(Count("pk")))
    for row in shown:
        row.product_count = counts.get(row.pk, 0)  # type: ignore[attr-defined]
    return page_or_part(
        request,
        "catalog/categories.html",
        "catalog/category_list.html",
        {
            "categories": shown,
            "is_more": len(found) > CATEGORIES_SHOWN,
            "words": words,
            "tree": tree,
            "trees": trees if len(trees) > 1 else [],
        },
    )


@require_safe
def category_page(request: PersonRequest, pk: int) -> HttpResponse:
    category = visible_to(request.user).select_related("parent", "seller").filter(pk=pk).first()
    if category is None:
        raise Http404
    return page_or_part(
        request,
        "catalog/category.html",
        "catalog/category_body.html",
        {
            "category": category,
            "synonyms_text": "\n".join(category.synonyms),
            "children": list(category.children.order_by("name")[:200]),
            "product_count": Product.objects.reachable_by(request.user).filter(category=category).count(),
            "can_edit": visible_to(request.user, Right.EDIT_CATALOGUE).filter(pk=pk).exists(),
        },
    )


@require_POST
def category_synonyms(request: PersonRequest, pk: int) -> HttpResponse:
    category = visible_to(request.user, Right.EDIT_CATALOGUE).filter(pk=pk).first()
    if category is None:
        if visible_to(request.user).filter(pk=pk).exists():
            raise PermissionDenied
        raise Http404
    before = list(category.synonyms)
    categories.edit(category, synonyms=request.POST.get("synonyms", "")[:20_000].splitlines())
    audit.record(
        "category.synonyms",
        category,
        by=request.user,
        before={"synonyms": before},
        after={"synonyms": category.synonyms},
    )
    messages.success(request, _("Saved. The next runs find this category by these words, too."))
    return redirect("category", pk=pk)
