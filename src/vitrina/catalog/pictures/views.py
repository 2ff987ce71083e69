"""The files of pictures, and asking for those anew that could not be had."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Product
from vitrina.catalog.pictures import asking
from vitrina.catalog.pictures.models import Picture
from vitrina.lib.picture_files import Size, file_of


@require_safe
def picture_file(request: PersonRequest, seller_id: int, digest: str, size: str) -> HttpResponseBase:
    if size not in set(Size):
        raise Http404
    picture = reach(Picture.objects, request.user, Right.VIEW, seller_id=seller_id, digest=digest)
    return file_of(request, picture, Size(size))


@require_POST
def pictures_renewal(request: PersonRequest, pk: int) -> HttpResponse:
    """Those of a product that could not be had are asked for once more."""
    product = reach(Product.objects, request.user, Right.IMPORT, pk=pk)
    count = asking.again(product)
    if count:
        messages.success(
            request,
            ngettext(
                "%(count)s picture is asked for again.", "%(count)s pictures are asked for again.", count
            )
            % {"count": count},
        )
    else:
        messages.info(request, _("Every picture of this product is here or on its way."))
    return redirect("product", pk=pk)
