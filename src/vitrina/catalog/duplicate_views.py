"""Similar products of one, and the possible duplicates of a seller."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.category_views import as_number
from vitrina.catalog.duplicates import finding
from vitrina.catalog.duplicates.models import DuplicatePair
from vitrina.catalog.forms import newest
from vitrina.catalog.models import Product
from vitrina.catalog.similar import similar
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.models import Job

PAGE = 30
SIMILAR = 8


@require_safe
def product_similar(request: PersonRequest, pk: int) -> HttpResponse:
    product = reach(Product.objects.select_related("seller"), request.user, Right.VIEW, pk=pk)
    found = [
        {"product": one.product, "score": one.score, "words": by_words(one.by)}
        for one in similar(product, limit=SIMILAR)
    ]
    return page_or_part(
        request, "catalog/product_similar.html", "catalog/product_similar_body.html", {"product": product, "found": found}
    )  # fmt: skip


def by_words(by: tuple[str, ...]) -> str:
    known = {"words": _("title"), "picture": _("picture")}
    return ", ".join(known[one] for one in by)


@require_safe
def duplicates_page(request: PersonRequest) -> HttpResponse:
    """The newest pairs of one seller first; `before`: pairs found before that one; `dismissed=1`: those said to be two."""
    sellers = Seller.objects.reachable_by(request.user)
    asked = request.GET.get("seller", "")
    seller = (
        reach(Seller.objects, request.user, Right.VIEW, pk=as_number(asked)) if asked else newest(sellers)
    )
    is_dismissed = request.GET.get("dismissed") == "1"
    rows: list[DuplicatePair] = []
    if seller is not None:
        known = DuplicatePair.objects.filter(seller=seller, dismissed_at__isnull=not is_dismissed)
        if before := request.GET.get("before", ""):
            known = known.filter(pk__lt=as_number(before))
        parts = known.select_related("one__category", "other__category").order_by("-pk")
        rows = list(parts.defer("one__description", "other__description")[: PAGE + 1])
    last = (
        Job.objects.filter(kind=finding.KIND, seller_id=seller.pk).order_by("-pk").first() if seller else None
    )
    return page_or_part(
        request,
        "catalog/duplicates.html",
        "catalog/duplicates_body.html",
        {
            "sellers": list(sellers.order_by("name")),
            "seller": seller,
            "pairs": [{"pair": row, "why": why(row.reasons)} for row in rows[:PAGE]],
            "older": rows[PAGE - 1].pk if len(rows) > PAGE else None,
            "is_dismissed": is_dismissed,
            "last": last,
            "can_edit": seller is not None
            and Seller.objects.reachable_by(request.user, Right.EDIT_CATALOGUE).filter(pk=seller.pk).exists(),
        },
    )


def why(reasons: dict[str, Any]) -> list[str]:
    """What speaks for it, the surest first, in words."""
    said = []
    if "barcode" in reasons:
        said.append(_("the same barcode %(code)s") % {"code": reasons["barcode"]})
    if "picture" in reasons:
        bits = reasons["picture"]
        near = ngettext(
            "nearly the same picture (%(bits)s bit of 64 differs)", "nearly the same picture (%(bits)s bits of 64 differ)", bits
        )  # fmt: skip
        said.append(near % {"bits": bits} if bits else _("the same picture"))
    if "text" in reasons:
        said.append(
            _("the same title")
            if reasons["text"] == 1
            else _("one title is within the other, numbers are equal")
        )
    return said


@require_POST
def duplicates_look(request: PersonRequest) -> HttpResponse:
    sellers = Seller.objects.reachable_by(request.user, Right.EDIT_CATALOGUE)
    if not sellers:
        raise PermissionDenied
    seller = reach(
        Seller.objects, request.user, Right.EDIT_CATALOGUE, pk=as_number(request.POST.get("seller", ""))
    )
    try:
        job = finding.start(seller, by=request.user)
    except QueueFull as full:
        messages.error(request, str(full))
        return redirect("duplicates")
    return redirect("job", pk=job.pk)


@require_POST
def duplicate_dismissal(request: PersonRequest, pk: int) -> HttpResponse:
    """«Not a duplicate»; `again`: it may be one after all."""
    pair = reach(DuplicatePair.objects, request.user, Right.EDIT_CATALOGUE, pk=pk)
    if "again" in request.POST:
        finding.reopen(pair, by=request.user)
        messages.success(request, _("It stands among the possible duplicates again."))
    else:
        finding.dismiss(pair, by=request.user)
        messages.success(request, _("Remembered: they are two. No later look brings them back."))
    back = reverse("duplicates") + f"?seller={pair.seller_id}"
    return redirect(back + ("&dismissed=1" if "again" in request.POST else ""))
