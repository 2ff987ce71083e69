"""A person's pictures of a product: uploaded, taken from what was drawn, taken away, put back, moved."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.roles import Right
from vitrina.catalog.models import ImageOrigin, Product, ProductImage
from vitrina.catalog.pictures import arranging
from vitrina.catalog.pictures.arranging import ArrangingRefused
from vitrina.catalog.search import ProductFilter, find
from vitrina.imagery.models import GeneratedImage
from vitrina.imagery.showing import tile_of
from vitrina.lib import files
from vitrina.lib.asked import as_id
from vitrina.lib.pictures import PictureRefused
from vitrina.lib.pictures.kinds import MOST_BYTES

RIGHT = Right.EDIT_CATALOGUE
MOST_FILES = 10  # of one upload
CHOICES = 20


@require_POST
def product_picture_addition(request: PersonRequest, pk: int) -> HttpResponse:
    """Files from the person's machine: each is taken or refused by itself."""
    product = reach(Product.objects, request.user, RIGHT, pk=pk)
    given = request.FILES.getlist("files")
    added = 0
    for file in given[:MOST_FILES]:
        name = str(file.name)[:100]
        try:
            data = file.read(MOST_BYTES + 1)
            arranging.add(product, data, by=request.user, name=name)
        except (PictureRefused, ArrangingRefused) as refused:
            messages.error(request, f"{name}: {_said(refused)}")
        else:
            added += 1
    if not given:
        messages.error(request, _("No file was chosen."))
    elif len(given) > MOST_FILES:
        messages.warning(
            request,
            _("%(value)d files came, the limit is %(limit)d at once. The first ones were looked at.")
            % {"value": len(given), "limit": MOST_FILES},
        )
    if added:
        words = ngettext("%(count)s picture was added.", "%(count)s pictures were added.", added)
        messages.success(request, words % {"count": added})
    return _back(pk)


@require_POST
def product_picture_removal(request: PersonRequest, pk: int) -> HttpResponse:
    image = _reach(request, pk)
    arranging.take_away(image, by=request.user)
    messages.success(request, _("The picture is taken away; it can be put back below the others."))
    return _back(image.product_id)


@require_POST
def product_picture_return(request: PersonRequest, pk: int) -> HttpResponse:
    image = _reach(request, pk)
    arranging.put_back(image, by=request.user)
    return _back(image.product_id)


@require_POST
def product_picture_move(request: PersonRequest, pk: int) -> HttpResponse:
    """`to`: the place, counted from 0."""
    image = _reach(request, pk)
    to = as_id(request.POST.get("to", ""))
    if to is None:
        raise Http404
    arranging.move(image, to, by=request.user)
    return _back(image.product_id)


@require_http_methods(["GET", "HEAD", "POST"])
def product_picture_choice(request: PersonRequest, image: int) -> HttpResponse:
    """A drawn picture becomes one of a product's: which, is looked for by words."""
    drawn = reach(GeneratedImage.objects.select_related("seller"), request.user, RIGHT, pk=image)
    if not drawn.digest:
        raise Http404
    why = why_no_product_picture(drawn)
    if request.method == "POST":
        product = reach(
            Product.objects,
            request.user,
            RIGHT,
            pk=as_id(request.POST.get("product", "")) or 0,
            seller_id=drawn.seller_id,
        )
        if why:
            messages.error(request, why)
            return redirect("image", pk=drawn.pk)
        if _added(request, drawn, product):
            return _back(product.pk)
    words = request.GET.get("q", "").strip()[:200]
    context = {
        "image": drawn,
        "tile": tile_of(drawn, after=0),
        "why_not": why,
        "words": words,
        "products": [] if why else _choices(request, drawn, words),
    }
    return render(
        request, "catalog/picture_choice.html", context, status=422 if request.method == "POST" else 200
    )


def why_no_product_picture(image: GeneratedImage) -> str:
    """In the reader's language; empty where it may stand at a product."""
    if image.is_marked:
        return _("It is a placeholder or bears a service's mark: buyers would take it for the product.")
    return ""


def _added(request: PersonRequest, drawn: GeneratedImage, product: Product) -> bool:
    try:
        with files.storage().open(drawn.original_name) as stream:
            data = stream.read(MOST_BYTES + 1)
        arranging.add(product, data, by=request.user, origin=ImageOrigin.DRAWN, name=f"image:{drawn.pk}")
    except FileNotFoundError:
        messages.error(request, _("The file of this picture is lost. Draw it once more."))
        return False
    except (PictureRefused, ArrangingRefused) as refused:
        messages.error(request, _said(refused))
        return False
    messages.success(
        request,
        _("The picture stands last at this product. To undo it, take it away there: it can be put back."),
    )
    return True


def _choices(request: PersonRequest, drawn: GeneratedImage, words: str) -> list[Product]:
    """By their words; without words the product that the picture is of, and the newest."""
    rows = Product.objects.reachable_by(request.user, RIGHT).filter(seller_id=drawn.seller_id)
    if words:
        return list(find(rows, ProductFilter(text=words)).order_by("-pk")[:CHOICES])
    kind, _colon, number = drawn.subject.partition(":")
    own = list(rows.filter(pk=as_id(number) or 0)) if kind == "product" else []
    return own + [one for one in rows.order_by("-pk")[:CHOICES] if one not in own]


def _reach(request: PersonRequest, pk: int) -> ProductImage:
    image = ProductImage.every.select_related("product").filter(pk=pk).first()
    if image is None:
        raise Http404
    reach(Product.objects, request.user, RIGHT, pk=image.product_id)
    return image


def _said(refused: PictureRefused | ArrangingRefused) -> str:
    return _(refused.sentence) % refused.values if isinstance(refused, PictureRefused) else str(refused)


def _back(pk: int) -> HttpResponse:
    answer = redirect("product", pk=pk)
    answer["Location"] += "#pictures"
    return answer
