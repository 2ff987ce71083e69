"""The attributes of a product as its category has them: what is known, where it stands, what is missing; written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Product
from vitrina.enrichment.attribute_editing import ValueRefused, typed, write
from vitrina.enrichment.evidence_words import evidence_words
from vitrina.enrichment.models import ProcessingLog

BOXES = 12  # so many choices stand as boxes to tick; more are typed, with the list at hand


def typed_panel(
    product: Product, attributes: Sequence[dict[str, Any]], last: ProcessingLog | None
) -> dict[str, Any]:
    """`typed`: the category's attributes; `other_attributes`: the rows of the table that none of them is.

    `attributes`: the numbered rows of everything that is said, so that both tables point into the listing alike.
    """
    doubts = ((last.result or {}).get("attribute_doubts") or {}) if last else {}
    rows = []
    shown: set[int] = set()
    for one in typed(product, product.seller.language):
        row = next((row for row in attributes if row["is_ours"] and row["name"] == one.name), None)
        if row is not None:
            shown.add(row["row"])
        entry = one.entry or {}
        value = entry.get("value", "")
        rows.append(
            {
                "one": one, "spec": one.spec, "entry": one.entry, "value": value, "row": row,
                "evidence": evidence_words(entry.get("evidence"), title=product.title, description=product.description),
                "chosen": [piece.strip() for piece in str(value).split(",")],
                "doubts": [found["value"] for found in doubts.get(one.spec.name, [])] if one.entry is None else [],
                "has_boxes": one.spec.kind == "multiple" and len(one.spec.values) <= BOXES,
            }
        )  # fmt: skip
    return {
        "typed": rows,
        "missing_count": sum(row["one"].is_missing for row in rows),
        "other_attributes": [row for row in attributes if row["row"] not in shown],
    }


@require_POST
def product_attribute_writing(request: PersonRequest, pk: int) -> HttpResponse:
    """`key`: of the attribute; `value`: once, or several times where several may be chosen. Whoever may moderate may write."""
    product = reach(Product.objects, request.user, Right.MODERATE, pk=pk)
    try:
        changed = write(product, request.POST.get("key", ""), request.POST.getlist("value"), by=request.user)
    except ValueRefused as refusal:
        messages.error(request, str(refusal))
    except LookupError as error:
        raise Http404 from error
    else:
        if changed:
            messages.success(request, _("Saved. No run writes over it."))
        else:
            messages.info(request, _("Nothing was changed."))
    response = redirect("product", pk=pk)
    response["Location"] += "#typed"
    return response
