"""Doors of the templates: the texts that are shown to the model as examples."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Category, Product
from vitrina.catalog.search import ProductFilter, find
from vitrina.enrichment import content_templates, template_editing
from vitrina.enrichment import template_trial as trying
from vitrina.enrichment.models import ContentTemplate
from vitrina.enrichment.template_editing import TemplateRefused, visible_to
from vitrina.enrichment.template_form import TemplateForm, TemplatesFileForm
from vitrina.enrichment.template_uses import latest_uses
from vitrina.jobs import events
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.models import Job
from vitrina.lib.strict_json import BadJson
from vitrina.lib.text import fold

SHOWN = 100


@require_safe
def templates_page(request: PersonRequest) -> HttpResponse:
    """The examples of the reader's sellers, and those that all share."""
    words, language = request.GET.get("q", "").strip()[:200], request.GET.get("language", "")
    category = request.GET.get("category", "")
    known = visible_to(request.user)
    rows = known.order_by("-is_active", "name", "pk")
    if language in ("ru", "en"):
        rows = rows.filter(language=language)
    if category.isascii() and category.isdigit() and len(category) < 19:
        rows = rows.filter(category_id=int(category))
    if words:
        wanted = fold(words).split()
        said = rows.values_list("pk", "name", "text").iterator()
        met = (pk for pk, name, text in said if all(word in fold(f"{name} {text}") for word in wanted))
        rows = known.filter(pk__in=list(islice(met, SHOWN + 1))).order_by("-is_active", "name", "pk")
    found = list(
        rows.select_related("category", "seller").defer(
            "text", "category__synonyms", "category__synced", "category__attribute_schema"
        )[: SHOWN + 1]
    )
    sellers = Seller.objects.reachable_by(request.user, Right.EDIT_CATALOGUE)
    return page_or_part(
        request,
        "enrichment/templates.html",
        "enrichment/template_list.html",
        {
            "templates": found[:SHOWN],
            "is_more": len(found) > SHOWN,
            "words": words,
            "language": language,
            "category": category,
            "categories": Category.objects.filter(pk__in=known.values("category_id"))
            .order_by("path")
            .values_list("pk", "path")[:200],
            "can_edit": sellers.exists(),
            "file_form": TemplatesFileForm(sellers=sellers),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def template_addition(request: PersonRequest) -> HttpResponse:
    sellers = list(Seller.objects.reachable_by(request.user, Right.EDIT_CATALOGUE).order_by("name"))
    if not sellers:
        raise PermissionDenied
    asked = request.POST.get("seller") or request.GET.get("seller") or str(sellers[0].pk)
    seller = next((one for one in sellers if str(one.pk) == asked), None)
    if seller is None:
        raise Http404
    form = TemplateForm(request.POST or None, seller_id=seller.pk, initial={"language": seller.language})
    if request.method == "POST" and form.is_valid():
        try:
            made = template_editing.make(seller, by=request.user, **form.columns)
        except TemplateRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Added. Try it on a product before the next runs find it."))
            return redirect("template", pk=made.pk)
    context = {"form": form, "sellers": sellers, "seller": seller}
    return page_or_part(
        request, "enrichment/template_new.html", "enrichment/template_new_body.html", context,
        status=422 if form.errors else 200,
    )  # fmt: skip


@require_safe
def template_page(request: PersonRequest, pk: int) -> HttpResponse:
    return _page(request, _reach(request, pk, Right.VIEW))


def _page(
    request: PersonRequest, template: ContentTemplate, form: TemplateForm | None = None
) -> HttpResponse:
    after = events.last_id()
    can_edit = visible_to(request.user, Right.EDIT_CATALOGUE).filter(pk=template.pk).exists()
    number = request.GET.get("trial", "")
    job = None
    if number.isascii() and number.isdigit() and len(number) < 19:
        found = Job.objects.reachable_by(request.user).filter(kind=trying.KIND, pk=int(number)).first()
        job = found if found and found.payload.get("template_id") == template.pk else None
    if form is None and can_edit:
        given = {name: getattr(template, name) for name in ("name", "language", "text", "version")}
        form = TemplateForm(
            initial=given | {"category": template.category.path if template.category else ""},
            seller_id=template.seller_id,
        )
    uses = latest_uses(template, request.user)
    versions = list(template.versions.select_related("ended_by")[:50])
    for version in versions:
        version.uses = uses.by_version.get(version.number, 0)  # type: ignore[attr-defined]
    context = {
        "template": template, "form": form, "can_edit": can_edit, "uses": uses, "versions": versions,
        "uses_now": uses.by_version.get(template.version, 0), "job": job,
        "trial": (job.result or {}) if job and not job.is_live else None,
        "product": Product.objects.filter(pk=job.payload.get("product_id")).only("pk", "title").first() if job else None,
        "is_live": job is not None and job.is_live, "after": after,
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return page_or_part(
        request, "enrichment/template.html", "enrichment/template_body.html", context, status=status
    )


@require_POST
def template_change(request: PersonRequest, pk: int) -> HttpResponse:
    template = _reach(request, pk, Right.EDIT_CATALOGUE)
    form = TemplateForm(request.POST, seller_id=template.seller_id)
    if form.is_valid():
        if (
            form.cleaned_data["version"] not in (None, template.version)
            and form.cleaned_data["text"] != template.text
        ):
            form.add_error(
                "text",
                _("Somebody changed this text while you wrote. Yours stands here; theirs is version %(number)s below. Save again to put yours in its place.")
                % {"number": template.version},
            )  # fmt: skip
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = str(template.version)  # type: ignore[index]
        else:
            try:
                template_editing.change(template, by=request.user, **form.columns)
            except TemplateRefused as refused:
                template.refresh_from_db()
                form.add_error(refused.field, str(refused))
            else:
                messages.success(request, _("Saved."))
                return redirect("template", pk=pk)
    return _page(request, template, form)


@require_POST
def template_use(request: PersonRequest, pk: int) -> HttpResponse:
    """`on`: "1" takes it into use, anything else out of it."""
    template = _reach(request, pk, Right.EDIT_CATALOGUE)
    is_on = request.POST.get("on") == "1"
    template_editing.change(template, by=request.user, is_active=is_on)
    messages.success(
        request, _("The next runs may find it.") if is_on else _("No run finds it any longer; it is kept.")
    )
    return redirect("template", pk=pk)


@require_POST
def template_deletion(request: PersonRequest, pk: int) -> HttpResponse:
    template = _reach(request, pk, Right.EDIT_CATALOGUE)
    name = template.name
    template_editing.delete(template, by=request.user)
    messages.success(request, _("«%(name)s» was deleted.") % {"name": name})
    return redirect("templates")


@require_POST
def template_trial(request: PersonRequest, pk: int) -> HttpResponse:
    """Write a text after it for one product: the words name the product, else one of its category is taken."""
    template = _reach(request, pk, Right.EDIT_CATALOGUE)
    products = Product.objects.reachable_by(request.user, Right.ENRICH)
    if template.seller_id is not None:
        products = products.filter(seller_id=template.seller_id)
    words = request.POST.get("product", "").strip()[:200]
    wanted = ProductFilter(text=words) if words else ProductFilter(category_id=template.category_id)
    product = find(products, wanted).order_by("-pk").first()
    if product is None and not words:
        product = products.order_by("-pk").first()
    if product is None:
        messages.error(request, _("No product has these words; nothing was tried."))
        return redirect("template", pk=pk)
    try:
        job = trying.start(template, product, by=request.user)
    except QueueFull as full:
        messages.error(request, str(full))
        return redirect("template", pk=pk)
    return redirect(f"{request.path.removesuffix('trial')}?trial={job.pk}")


@require_POST
def templates_file(request: PersonRequest) -> HttpResponse:
    """Templates from the file format of the command; what is no template is told by its number."""
    sellers = Seller.objects.reachable_by(request.user, Right.EDIT_CATALOGUE)
    if not sellers.exists():
        raise PermissionDenied
    form = TemplatesFileForm(request.POST, request.FILES, sellers=sellers)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return redirect("templates")
    seller = reach(Seller.objects, request.user, Right.EDIT_CATALOGUE, pk=form.cleaned_data["seller"].pk)
    try:
        rows = content_templates.read_rows(form.cleaned_data["file"].read().decode("utf-8-sig"))
    except (UnicodeDecodeError, BadJson) as error:
        messages.error(request, _("The file can't be read: %(why)s. Nothing was changed.") % {"why": error})
        return redirect("templates")
    taken = content_templates.import_templates(rows, seller=seller)
    told: dict[str, Any] = {
        "created": taken.created,
        "updated": taken.updated,
        "unchanged": taken.unchanged,
        "refused": len(taken.refused),
    }
    audit.record("template.import", seller, by=request.user, after=told)
    words = _(
        "Templates: %(created)d new, %(updated)d changed, %(unchanged)d as before, %(refused)d refused."
    )
    messages.success(request, words % told)
    for number, why in taken.refused[:10]:
        messages.warning(request, f"{number}: {why}")
    return redirect("templates")


def _reach(request: PersonRequest, pk: int, right: Right) -> ContentTemplate:
    """A shared template is seen by all, and changed by a superuser alone."""
    template: ContentTemplate | None = (
        visible_to(request.user, right).select_related("category", "seller").filter(pk=pk).first()
    )
    if template is not None:
        return template
    if right is not Right.VIEW and visible_to(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    raise Http404
