"""The files of pictures, and asking for those anew that could not be had."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.roles import Right
from vitrina.catalog import files
from vitrina.catalog.models import Product
from vitrina.catalog.pictures import asking
from vitrina.catalog.pictures.addresses import Size, media_type_of, name_of
from vitrina.catalog.pictures.models import Picture
from vitrina.lib import downloads
from vitrina.lib.storage import S3Storage

# Whoever may see it may keep it: another picture has another address. Not «public»: a proxy on the way serves everybody.
KEPT = "private, max-age=31536000, immutable"
# A signed link of a bucket lives for an hour.
LINK_KEPT = "private, max-age=1800"
# A file from outside is a picture here and nothing else, whatever it says of itself.
CLOSED = "default-src 'none'; sandbox"


@require_safe
def picture_file(request: PersonRequest, seller_id: int, digest: str, size: str) -> HttpResponseBase:
    if size not in set(Size):
        raise Http404
    picture = reach(Picture.objects, request.user, Right.VIEW, seller_id=seller_id, digest=digest)
    return file_of(request, picture, Size(size))


def file_of(request: HttpRequest, picture: Picture, size: Size) -> HttpResponseBase:
    """The file, or the way to it. Http404 where it is lost. For whoever was found to be allowed to see it."""
    storage = files.storage()
    name = name_of(picture, size)
    answer: HttpResponseBase
    if isinstance(storage, S3Storage):
        answer = redirect(storage.url(name))
        answer["Cache-Control"] = LINK_KEPT
        return answer
    try:
        stream = storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    answer = downloads.picture(request, stream, media_type_of(picture, size))
    answer["Cache-Control"] = KEPT
    answer["Content-Security-Policy"] = CLOSED
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


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
