"""The files of pictures for programs."""

from __future__ import annotations

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse

from vitrina.accounts.doors import reach
from vitrina.accounts.roles import Right
from vitrina.catalog.pictures.models import Picture
from vitrina.lib.picture_files import Size, file_of
from vitrina.lib.pictures.kinds import MEDIA_TYPES
from vitrina.rest.doors import ApiRequest, Door, operation

BYTES = {
    (200, media_type): OpenApiResponse({"type": "string", "format": "binary"}, description=_("The picture."))
    for media_type in MEDIA_TYPES.values()
}


class PictureFileDoor(Door):
    @operation(
        _("The file of a picture"),
        words=_(
            "`thumb`: WebP, longest side 320; `processed`: JPEG, longest side 1024; `original`: as it came. Where files lie in a bucket, a redirect to a link that lives an hour."
        ),
        answers=BYTES,
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int, size: str) -> HttpResponseBase:
        if size not in set(Size):
            raise Http404
        picture = reach(Picture.objects, request.user, Right.VIEW, pk=pk)
        return file_of(request._request, picture, Size(size))
