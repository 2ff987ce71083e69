"""Product shots on a product's page: what was drawn of it, and asking for another."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Product
from vitrina.catalog.shots import asking
from vitrina.catalog.shots.showing import shots_of
from vitrina.imagery.asking import PicturesSpent, QueueFull
from vitrina.imagery.product_shot import ShotKind
from vitrina.jobs import events


@require_safe
def product_shots(request: PersonRequest, pk: int) -> HttpResponse:
    after = events.last_id()
    product = reach(Product.objects.select_related("seller"), request.user, Right.VIEW, pk=pk)
    shots = shots_of(product, after=after)
    live = [shot.image.pk for shot in shots if shot.tile.is_live]
    context = {
        "product": product,
        "shots": shots,
        "topics": ",".join(f"image:{pk}" for pk in live),
        "whens": " ".join(f"image:{pk}" for pk in live),
        "after": after,
        "kinds": asking.KINDS.items(),
        "has_photo": asking.photo_of(product) is not None,
        "rights": rights_of(request.user, product.seller_id),
    }
    return page_or_part(request, "catalog/product_shots.html", "catalog/product_shots_body.html", context)


@require_POST
def product_shot_addition(request: PersonRequest, pk: int) -> HttpResponse:
    product = reach(
        Product.objects.select_related("seller", "category"), request.user, Right.ILLUSTRATE, pk=pk
    )
    kind = request.POST.get("kind", "")
    if kind not in set(ShotKind):
        raise Http404
    try:
        asking.ask(product, ShotKind(kind), by=request.user)
    except (asking.NoPhoto, PicturesSpent, QueueFull) as refused:
        messages.error(request, str(refused))
    answer = redirect("product", pk=pk)
    answer["Location"] += "#shots"
    return answer
