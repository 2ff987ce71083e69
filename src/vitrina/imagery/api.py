"""Generated pictures for programs: the list, one, its file."""

from __future__ import annotations

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.roles import Right
from vitrina.accounts.walking import sellers_to_walk
from vitrina.imagery.api_shapes import IMAGE, ImageShown, row, shown
from vitrina.imagery.models import RECIPES, GeneratedImage, ImageStatus
from vitrina.lib.picture_files import Size, file_of
from vitrina.lib.pictures.kinds import MEDIA_TYPES
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Id, Text
from vitrina.rest.paging import PageAsked, page

BYTES = {
    (200, media_type): OpenApiResponse({"type": "string", "format": "binary"}, description=_("The picture."))
    for media_type in MEDIA_TYPES.values()
}
HEAVY = ("scene", "options", "measured")


class ImagesAsked(PageAsked):
    seller = Id(required=False)
    status = Choice(ImageStatus.values, required=False)
    recipe = Choice(list(RECIPES), required=False)
    subject = Text(required=False, max_length=60, help_text=_("«product:33»"))
    series = Id(required=False)


FILTERS = {"status": "status", "recipe": "recipe", "subject": "subject", "series": "series_id"}


class ImagesDoor(Door):
    @operation(
        _("List generated pictures"),
        words=_("Newest first. All filters hold together."),
        query=ImagesAsked,
        answers=ImageShown,
        is_list=True,
        examples=[Example(IMAGE)],
    )
    def get(self, request: ApiRequest) -> Response:
        wanted = {column: self.asked[name] for name, column in FILTERS.items() if name in self.asked}
        rows = GeneratedImage.objects.filter(**wanted).defer(*HEAVY)
        sellers = sellers_to_walk(request.user, only=self.asked.get("seller"))
        return Response(page(request, rows, shown, self.asked, sellers=sellers))


class ImageDoor(Door):
    @operation(_("One generated picture"), answers=ImageShown, examples=[Example(IMAGE)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(row(reach(GeneratedImage.objects, request.user, Right.VIEW, pk=pk)))


class ImageFileDoor(Door):
    @operation(
        _("The file of a generated picture"),
        words=_(
            "`thumb`: WebP, longest side 320; `processed`: JPEG, longest side 1024; `original`: as it came. Where files lie in a bucket, a redirect to a link that lives an hour."
        ),
        answers=BYTES,
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int, size: str) -> HttpResponseBase:
        if size not in set(Size):
            raise Http404
        image = reach(GeneratedImage.objects.defer(*HEAVY), request.user, Right.VIEW, pk=pk)
        if not image.digest:
            raise Http404
        return file_of(request._request, image, Size(size))
