"""The figures of a branch, on the page of its category."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from vitrina.accounts.doors import PersonRequest
from vitrina.accounts.pages import page_or_part
from vitrina.catalog import reshaping
from vitrina.catalog.category_choice import visible_to
from vitrina.enrichment.branch_quality import LEAST, quality


@require_safe
def category_quality(request: PersonRequest, pk: int) -> HttpResponse:
    category = visible_to(request.user).filter(pk=pk).first()
    if category is None:
        raise Http404
    branch = [category.pk, *reshaping.below(category).values_list("pk", flat=True)]
    context = {"category": category, "quality": quality(request.user, branch), "least": LEAST}
    return page_or_part(
        request, "enrichment/category_quality.html", "enrichment/category_quality_body.html", context
    )
