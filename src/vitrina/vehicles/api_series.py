"""Series of a car for programs: begun, an angle anew, a picture by hand, the archive."""

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
from vitrina.accounts.roles import Right
from vitrina.imagery import api_series
from vitrina.imagery import api_shapes as image_shapes
from vitrina.imagery.api_shapes import IMAGE, ImageShown
from vitrina.imagery.options import MOST_MODIFIERS, Options
from vitrina.lib import downloads
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Given, Text, Whole
from vitrina.rest.problems import Problem, told_as
from vitrina.vehicles import by_hand, photos, scorekeeping, series
from vitrina.vehicles.api import _file
from vitrina.vehicles.api_shapes import ANGLE_IDS, CAR_SERIES, CarSeriesShown, series_row
from vitrina.vehicles.models import CarSeries, Vehicle
from vitrina.vehicles.series import MOST_AT_ONCE, SeriesRefused
from vitrina.vehicles.zipped import archive_name, zipped

ARCHIVE = {
    (200, "application/zip"): OpenApiResponse(
        {"type": "string", "format": "binary"}, description=_("The archive.")
    )
}
FRONT = IMAGE | {"recipe": "car_angle", "subject": "vehicle:3", "part": "front", "series": 12}

told_as(SeriesRefused, lambda refused: Problem(409, "conflict", _now(str(refused))))


class Wishes(Given):
    style = serializers.ListField(  # type: ignore[assignment] # a member of the body
        child=Text(max_length=100),
        required=False,
        max_length=MOST_MODIFIERS,
        help_text=_("Your own words, in English."),
    )
    negative = serializers.ListField(
        child=Text(max_length=100),
        required=False,
        max_length=MOST_MODIFIERS,
        help_text=_("What must not be seen."),
    )
    is_high_quality = Flag(required=False)
    service = Text(required=False, max_length=24, help_text=_("Asked first; without it by plan and health."))


class SeriesGiven(Wishes):
    angles = serializers.ListField(
        child=Choice(ANGLE_IDS), required=False, min_length=1, help_text=_("Without it the usual six.")
    )
    session = serializers.RegexField(
        r"^CAR-[0-9A-F]{8}$", required=False, help_text=_("The same session again is the same series.")
    )
    most_at_once = Whole(required=False, min_value=1, max_value=MOST_AT_ONCE)


class AngleGiven(Wishes):
    angle = Choice(ANGLE_IDS)
    seed = Whole(required=False, min_value=0, max_value=2**31 - 1)


class UploadForm(Given):
    angle = Choice(ANGLE_IDS)
    file = serializers.FileField(help_text=_("JPEG, PNG or WebP"))


class VehicleSeriesDoor(Door):
    @operation(
        _("Draw a series of a car"),
        words=_(
            "All angles at once; where a service takes references and there is no photo, the first one and then all others after it. "
            "Each picture is a job; follow `images/series/{id}`."
        ),
        right=Right.ILLUSTRATE,
        body=SeriesGiven,
        answers=CarSeriesShown,
        status=202,
        once=True,
        examples=[Example({"angles": ["three_quarter_front", "front"]}, is_given=True), Example(CAR_SERIES)],
        refusals=[404, 409],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        vehicle = reach(Vehicle.objects.select_related("seller"), request.user, Right.ILLUSTRATE, pk=pk)
        begun = series.begin(
            vehicle,
            angles=self.given.get("angles", ()),
            options=_options(self.given),
            session=self.given.get("session", ""),
            most_at_once=self.given.get("most_at_once", MOST_AT_ONCE),
            by=request.user,
        )
        return Response(_told(begun), status=202)


class CarSeriesDoor(Door):
    @operation(
        _("What a series of a car was asked for with"),
        answers=CarSeriesShown,
        examples=[Example(CAR_SERIES)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(_told(_reached(request, pk, Right.VIEW)))


class CarAnglesDoor(Door):
    @operation(
        _("Draw one angle anew"),
        words=_(
            "With another seed and the same reference; the pictures before it stay. An angle that the series doesn't have yet joins it."
        ),
        right=Right.ILLUSTRATE,
        body=AngleGiven,
        answers=ImageShown,
        status=202,
        once=True,
        examples=[Example({"angle": "front"}, is_given=True), Example(FRONT | {"status": "queued"})],
        refusals=[404, 409],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        one, given = _reached(request, pk), dict(self.given)
        wishes = _options(given, known=one.options) if set(given) - {"angle"} else None
        image = series.redo(one, given["angle"], options=wishes, by=request.user)
        return Response(image_shapes.row(image), status=202)


class CarUploadsDoor(Door):
    @operation(
        _("Put in a picture that was made elsewhere"),
        words=_("Becomes the newest picture of its angle; nobody knows its prompt, model or cost."),
        right=Right.ILLUSTRATE,
        upload=UploadForm,
        answers=ImageShown,
        status=201,
        once=True,
        examples=[Example(FRONT | {"service": "by_hand", "prompt": "", "model": ""})],
        refusals=[404, 413],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        one = _reached(request, pk)
        file = _file(self.given)
        image = by_hand.put(one, self.given["angle"], photos.read(file), by=request.user)
        return Response(image_shapes.row(image), status=201)


class CarArchiveDoor(Door):
    @operation(
        _("All pictures of a series as a ZIP archive"),
        words=_("The newest finished one of each angle, as the service gave it."),
        answers=ARCHIVE,
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> HttpResponseBase:
        one = _reached(request, pk, Right.VIEW)
        pictures = scorekeeping.finished(one)
        if not pictures:
            raise Http404
        try:
            stream = zipped(one, pictures)
        except FileNotFoundError as error:
            raise Http404 from error
        return downloads.file(request._request, stream, archive_name(one), "application/zip")


def _reached(request: ApiRequest, pk: int, right: Right = Right.ILLUSTRATE) -> CarSeries:
    rows = CarSeries.objects.select_related("series__seller", "vehicle__seller")
    return reach(rows, request.user, right, pk=pk)


def _told(one: CarSeries) -> dict[str, Any]:
    return series_row(one, api_series.row(one.series, one.series.images.only("series_id", "status", "cost")))


def _options(given: dict[str, Any], known: dict[str, Any] | None = None) -> Options:
    names = ("style", "negative", "is_high_quality", "service", "seed")
    return Options.model_validate((known or {}) | {name: given[name] for name in names if name in given})
