"""The card of a product written by hand: a page of its own, so that nothing that happens meanwhile takes one's words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Product, ProductContent
from vitrina.console.product import gone
from vitrina.console.product_filter import LANGUAGE_NAMES
from vitrina.enrichment.apply import TEXT_FIELDS
from vitrina.enrichment.edits import EditsQuestioned, EditsRefused
from vitrina.enrichment.hand_editing import CardChanged, seal, write
from vitrina.enrichment.moderation_form import NAMES, as_typed, edits_to, fields_for
from vitrina.enrichment.reasons import sentence
from vitrina.lib.differences import shown


@require_http_methods(["GET", "HEAD", "POST"])
def product_card(request: PersonRequest, pk: int, language: str) -> HttpResponse:
    """Whoever may moderate may write: both say what a card says."""
    if language not in LANGUAGE_NAMES:
        raise Http404
    try:
        product = reach(Product.objects.select_related("seller"), request.user, Right.MODERATE, pk=pk)
    except Http404:
        return gone(request)
    content = ProductContent.objects.filter(product=product, language=language).first()
    if request.method != "POST":
        return _page(request, product, content, language, seen=seal(content))
    posted = request.POST.dict()
    began_with = _values(content)
    seen = posted.get("seen", "")
    try:
        written = write(
            product, language, edits_to(began_with, posted), by=request.user, seen=seen,
            despite_findings="despite_findings" in posted,
        )  # fmt: skip
    except CardChanged as changed:
        return _page(
            request, product, changed.content, language, seen=seal(changed.content), posted=posted,
            theirs=_theirs(changed.content, posted), status=409,
        )  # fmt: skip
    except EditsRefused as refusal:
        return _page(
            request, product, content, language, seen=seen, posted=posted, errors=refusal.problems, status=422
        )
    except EditsQuestioned as question:
        doubts = [sentence(finding.code, finding.detail) for finding in question.findings]
        return _page(request, product, content, language, seen=seen, posted=posted, doubts=doubts, status=422)
    if written:
        messages.success(request, _("The card is saved. No run writes over your words."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect(f"{reverse('product', args=[pk])}?lang={language}")


def _page(
    request: PersonRequest,
    product: Product,
    content: ProductContent | None,
    language: str,
    *,
    seen: str,
    posted: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    doubts: list[str] | None = None,
    theirs: list[tuple[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "console/product_card.html",
        {
            "product": product,
            "language": language,
            "language_name": LANGUAGE_NAMES[language],
            "content": content,
            "seen": seen,
            "fields": fields_for(_values(content), posted, errors),
            "errors": errors,
            "doubts": doubts,
            "theirs": theirs,
            "rights": rights_of(request.user, product.seller_id),
        },
        status=status,
    )


def _values(content: ProductContent | None) -> dict[str, Any]:
    """Every field that a card has; the short form only where there is one."""
    row = content or ProductContent()
    return {
        name: getattr(row, name)
        for name in TEXT_FIELDS
        if name != "short_description" or row.short_description
    }


def _theirs(content: ProductContent | None, posted: dict[str, str]) -> list[tuple[str, Any]]:
    """Field by field, what saving now would make of the card as the other person left it."""
    return [
        (str(label), shown(as_typed(name, getattr(content or ProductContent(), name)), _lines(posted[name])))
        for name, label in NAMES.items()
        if name in posted
        and as_typed(name, getattr(content or ProductContent(), name)).split() != posted[name].split()
    ]


def _lines(typed: str) -> str:
    return typed.replace("\r\n", "\n").strip()
