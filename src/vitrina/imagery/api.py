"""Generated pictures for programs: ask for one, the list, one, once more, take away, its file."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.accounts.walking import sellers_to_walk
from vitrina.imagery import asking, deleting
from vitrina.imagery.api_shapes import (
    ACCEPTED,
    IMAGE,
    SERVICE,
    ImageShown,
    ServicesShown,
    row,
    service_row,
    shown,
)
from vitrina.imagery.asking import PicturesSpent
from vitrina.imagery.free_text import MOST_CHARACTERS, scene_of, title_of
from vitrina.imagery.models import RECIPES, GeneratedImage, ImageStatus
from vitrina.imagery.options import MOST_MODIFIERS, Options
from vitrina.imagery.ratios import ratio_of
from vitrina.imagery.scene import Recipe, Scene
from vitrina.imagery.services.known import SERVICES
from vitrina.imagery.standing import standings
from vitrina.jobs.api_shapes import Accepted, accepted
from vitrina.jobs.enqueue import Priority
from vitrina.lib.picture_files import Size, file_of
from vitrina.lib.pictures.kinds import MEDIA_TYPES
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Given, Id, Text, Whole
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem, told_as

told_as(
    PicturesSpent,
    lambda spent: Problem(
        429,
        "limit",
        str(spent),
        retry_after=(spent.lifts_at - timezone.now()).total_seconds(),
        more={"limit": spent.most, "value": spent.used},
    ),
)

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


class RatioGiven(Text):
    """«16:9» as (16, 9)."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return ratio_of(super().to_internal_value(data))
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error


class OptionsGiven(Given):
    style = serializers.ListField(  # type: ignore[assignment] # a field of the body
        child=Text(max_length=100),
        required=False,
        max_length=MOST_MODIFIERS,
        help_text=_("Words that are added."),
    )
    negative = serializers.ListField(
        child=Text(max_length=100),
        required=False,
        max_length=MOST_MODIFIERS,
        help_text=_("What must not be seen."),
    )
    ratio = RatioGiven(required=False, max_length=10, help_text=_("Width to height: «16:9»."))
    is_high_quality = Flag(required=False)
    seed = Whole(required=False, min_value=0, max_value=2**31 - 1)
    service = Choice(
        [service.name for service in SERVICES],
        required=False,
        help_text=_("Asked first; the others stand in for it."),
    )


class ImageGiven(OptionsGiven):
    seller = Id()
    text = Text(
        max_length=MOST_CHARACTERS, help_text=_("What is to be seen. Most services understand English best.")
    )
    title = Text(required=False, max_length=200)
    is_forced = Flag(required=False, help_text=_("A new picture even where the same stands already."))


class RedoGiven(OptionsGiven):
    text = Text(
        required=False,
        max_length=MOST_CHARACTERS,
        help_text=_("Only of a picture from free text: other words."),
    )


class ImageAccepted(Accepted):
    image = ImageShown()


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

    @operation(
        _("Ask for a picture"),
        words=_(
            "From free text. The same wish again gives the picture that stands, with job null, unless it is forced; a unit of the plan is taken, and given back where no picture comes of it."
        ),
        right=Right.ILLUSTRATE,
        body=ImageGiven,
        answers=ImageAccepted,
        status=202,
        once=True,
        examples=[
            Example(
                {
                    "seller": 1,
                    "text": "An old lighthouse in the fog at dawn",
                    "style": ["watercolor"],
                    "ratio": "4:3",
                },
                is_given=True,
            ),
            Example(ACCEPTED),
        ],
        refusals=[404, 429],
    )
    def post(self, request: ApiRequest) -> Response:
        given = dict(self.given)
        seller = reach(Seller.objects, request.user, Right.ILLUSTRATE, pk=given.pop("seller"))
        text, title = given.pop("text"), given.pop("title", "")
        scene = scene_of(text, is_high_quality=given.get("is_high_quality", False))
        image = asking.ask_for(
            seller,
            scene,
            title=title or title_of(text),
            options=_options(given),
            by=request.user,
            priority=Priority.OPERATOR,
        )
        return _accepted(image)


class ImageDoor(Door):
    @operation(_("One generated picture"), answers=ImageShown, examples=[Example(IMAGE)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(row(reach(GeneratedImage.objects, request.user, Right.VIEW, pk=pk)))

    @operation(
        _("Take a picture away"),
        words=_("One that is being made is cancelled first. A copy that stands at a product stays there."),
        right=Right.ILLUSTRATE,
        status=204,
        refusals=[404],
    )
    def delete(self, request: ApiRequest, pk: int) -> Response:
        deleting.delete(reach(GeneratedImage.objects, request.user, Right.ILLUSTRATE, pk=pk), by=request.user)
        return Response(status=204)


class ImageRedoDoor(Door):
    @operation(
        _("Draw a picture once more"),
        words=_(
            "A new picture of the same subject; the old one stays. With nothing given: the same options and another seed; else the options as given."
        ),
        right=Right.ILLUSTRATE,
        body=RedoGiven,
        answers=ImageAccepted,
        status=202,
        once=True,
        examples=[Example({"ratio": "1:1", "negative": ["people"]}, is_given=True), Example(ACCEPTED)],
        refusals=[404, 429],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        image = reach(
            GeneratedImage.objects.select_related("seller", "series"), request.user, Right.ILLUSTRATE, pk=pk
        )
        given = dict(self.given)
        text = given.pop("text", "")
        scene = None
        if text:
            if image.recipe != Recipe.FREE:
                raise Problem(
                    422,
                    "invalid",
                    gettext("Only a picture from free text takes other words. Nothing was begun."),
                    errors={"text": [gettext("This picture is made by a recipe.")]},
                )
            scene = Scene.model_validate(image.scene).model_copy(update={"parts": scene_of(text).parts})
        made = asking.redo(image, _options(given) if given else None, by=request.user, scene=scene)
        return _accepted(made)


class ImageServicesDoor(Door):
    @operation(
        _("Picture services"),
        words=_(
            "In the order in which they are asked. Figures are of the last 1000 calls of each, and told to those alone who run the installation."
        ),
        answers=ServicesShown,
        examples=[Example({"services": [SERVICE]})],
    )
    def get(self, request: ApiRequest) -> Response:
        rows = standings(with_figures=request.user.is_superuser)
        return Response({"services": [service_row(one) for one in rows]})


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


def _options(given: dict[str, Any]) -> Options:
    return Options(**{name: given[name] for name in Options.model_fields if name in given})


def _accepted(image: GeneratedImage) -> Response:
    return accepted(asking.job_of(image) if image.is_under_way else None, image=row(image))
