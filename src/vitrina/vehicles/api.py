"""Cars for programs: write down, change, take away, read an ad; the seller's photo; series of angles."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.accounts.walking import sellers_to_walk
from vitrina.imagery import api_shapes as image_shapes
from vitrina.imagery.api_shapes import IMAGE, ImageShown
from vitrina.imagery.models import GeneratedImage
from vitrina.lib.picture_files import Size, file_of
from vitrina.lib.pictures import PictureRefused
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Given, Id, Text, Whole
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem, told_as
from vitrina.vehicles import ads, changing, photos
from vitrina.vehicles.ads import MOST_LETTERS, OLDEST_YEAR
from vitrina.vehicles.api_shapes import AD, VEHICLE, AdRead, VehicleShown, row, shown
from vitrina.vehicles.forms import MOST_DETAILS, newest_year
from vitrina.vehicles.models import Vehicle

PHOTO = {
    (200, "image/jpeg"): OpenApiResponse({"type": "string", "format": "binary"}, description=_("The photo."))
}
HEAVY = ("scene", "options", "measured")


def _refused(refused: PictureRefused) -> Problem:
    words = _now(refused.sentence)
    told = words % refused.values if refused.values else words
    return Problem(422, "invalid", told, errors={"file": [told]})


told_as(PictureRefused, _refused)


class VehiclesAsked(PageAsked):
    seller = Id(required=False)


class VehicleChange(Given):
    brand = Text(required=False, max_length=80)
    model = Text(required=False, max_length=80)
    year = Whole(required=False, allow_null=True, min_value=OLDEST_YEAR, max_value=2100)
    color = Text(required=False, max_length=60, allow_blank=True)
    color_hex = serializers.RegexField(
        r"^#[0-9a-fA-F]{6}$", required=False, help_text=_("Without it: by the name of the color.")
    )
    body_type = Text(required=False, max_length=60, allow_blank=True)
    details = Text(
        required=False, max_length=MOST_DETAILS, allow_blank=True, help_text=_("What a picture shows of it.")
    )

    def validate_year(self, year: int | None) -> int | None:
        if year is not None and year > newest_year():
            raise serializers.ValidationError(
                _now("The newest model year is %(most)d.") % {"most": newest_year()}
            )
        return year


class VehicleGiven(VehicleChange):
    seller = Id()
    brand = Text(max_length=80)
    model = Text(max_length=80)


class AdGiven(Given):
    text = Text(max_length=MOST_LETTERS)


class PhotoUpload(Given):
    file = serializers.FileField(help_text=_("JPEG, PNG or WebP"))


class VehiclesDoor(Door):
    @operation(
        _("List cars"),
        query=VehiclesAsked,
        answers=VehicleShown,
        is_list=True,
        examples=[Example(VEHICLE)],
    )
    def get(self, request: ApiRequest) -> Response:
        sellers = sellers_to_walk(request.user, only=self.asked.get("seller"))
        return Response(page(request, Vehicle.objects.all(), shown, self.asked, sellers=sellers))

    @operation(
        _("Write a car down"),
        right=Right.ILLUSTRATE,
        body=VehicleGiven,
        answers=VehicleShown,
        status=201,
        once=True,
        examples=[
            Example({"seller": 1, "brand": "Renault", "model": "Clio", "year": 2021}, is_given=True),
            Example(VEHICLE),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest) -> Response:
        given = dict(self.given)
        seller = reach(Seller.objects, request.user, Right.ILLUSTRATE, pk=given.pop("seller"))
        return Response(row(changing.create(seller, by=request.user, **given)), status=201)


class AdDoor(Door):
    @operation(
        _("Read an ad"),
        words=_(
            "Finds brand, model, year, color, body type and equipment. Nothing is written, no model is asked."
        ),
        body=AdGiven,
        answers=AdRead,
        once=True,
        examples=[
            Example({"text": "Продам Renault Clio 2021 года, хэтчбек, синий, литые диски"}, is_given=True),
            Example(AD),
        ],
    )
    def post(self, request: ApiRequest) -> Response:
        found = ads.read(self.given["text"], newest_year=newest_year())
        return Response({name: getattr(found, name) for name in AD})


class VehicleDoor(Door):
    @operation(_("One car"), answers=VehicleShown, examples=[Example(VEHICLE)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(row(reach(Vehicle.objects, request.user, Right.VIEW, pk=pk)))

    @operation(
        _("Change a car"),
        words=_("Only what is given changes; series that were begun before stay as they were asked for."),
        right=Right.ILLUSTRATE,
        body=VehicleChange,
        answers=VehicleShown,
        examples=[Example({"year": 2020}, is_given=True), Example(VEHICLE | {"year": 2020})],
        refusals=[404],
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        vehicle = reach(Vehicle.objects, request.user, Right.ILLUSTRATE, pk=pk)
        changing.change(vehicle, by=request.user, **self.given)
        return Response(row(vehicle))

    @operation(
        _("Take a car away"),
        words=_("Its series and their pictures go with it; what is under way is cancelled."),
        right=Right.ILLUSTRATE,
        status=204,
        refusals=[404],
    )
    def delete(self, request: ApiRequest, pk: int) -> Response:
        changing.remove(reach(Vehicle.objects, request.user, Right.ILLUSTRATE, pk=pk), by=request.user)
        return Response(status=204)


class VehiclePhotoDoor(Door):
    @operation(_("The seller's photo of a car"), answers=PHOTO, refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> HttpResponseBase:
        photo = reach(Vehicle.objects, request.user, Right.VIEW, pk=pk).photo
        if photo is None:
            raise Http404
        return file_of(request._request, photo, Size.PROCESSED)

    @operation(
        _("Keep the seller's photo"),
        words=_(
            "In place of the one before. It is made small, and what the camera wrote into it is not kept. A reference of later series."
        ),
        right=Right.ILLUSTRATE,
        upload=PhotoUpload,
        answers=VehicleShown,
        examples=[Example(VEHICLE | {"photo_url": "/api/v1/vehicles/3/photo"})],
        refusals=[404, 413],
    )
    def put(self, request: ApiRequest, pk: int) -> Response:
        vehicle = reach(Vehicle.objects, request.user, Right.ILLUSTRATE, pk=pk)
        photos.put(vehicle, photos.read(_file(self.given)), by=request.user)
        return Response(row(vehicle))

    @operation(_("Take the seller's photo away"), right=Right.ILLUSTRATE, status=204, refusals=[404])
    def delete(self, request: ApiRequest, pk: int) -> Response:
        photos.take_away(reach(Vehicle.objects, request.user, Right.ILLUSTRATE, pk=pk), by=request.user)
        return Response(status=204)


class VehicleImagesDoor(Door):
    @operation(
        _("Pictures of a car"),
        words=_("Of all its series, newest first."),
        query=PageAsked,
        answers=ImageShown,
        is_list=True,
        examples=[
            Example(IMAGE | {"recipe": "car_angle", "subject": "vehicle:3", "part": "front", "series": 12})
        ],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        vehicle = reach(Vehicle.objects, request.user, Right.VIEW, pk=pk)
        rows = GeneratedImage.objects.filter(subject=vehicle.subject, seller_id=vehicle.seller_id).defer(
            *HEAVY
        )
        return Response(page(request, rows, image_shapes.shown, self.asked))


def _file(given: dict[str, Any]) -> Any:
    if "file" not in given:
        raise Problem(
            422,
            "invalid",
            _now("Send the file as multipart/form-data."),
            errors={"file": [_now("A file is needed.")]},
        )
    return given["file"]
