"""Series of pictures for programs: the list, and one with its pictures and its score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.roles import Right
from vitrina.accounts.walking import sellers_to_walk
from vitrina.imagery import api_shapes
from vitrina.imagery.api_shapes import IMAGE, ImageShown
from vitrina.imagery.asking import PicturesSpent
from vitrina.imagery.models import RECIPES, GeneratedImage, ImageSeries, ImageStatus
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Id, Shown, Text
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem, told_as


def _spent(spent: PicturesSpent) -> Problem:
    return Problem(
        429,
        "limit",
        str(spent),
        retry_after=max(1, round((spent.lifts_at - timezone.now()).total_seconds())),
        more={"limit": spent.most, "value": spent.used},
    )


told_as(PicturesSpent, _spent)


class SeriesShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    recipe = serializers.ChoiceField(list(RECIPES))
    subject = serializers.CharField(help_text=_("What it is of: «vehicle:3»."))
    session = serializers.CharField(help_text=_("The seeds of a series of a car derive from it."))
    title = serializers.CharField()
    pictures = serializers.IntegerField(help_text=_("Asked for, those drawn anew too."))
    completed = serializers.IntegerField()
    failed = serializers.IntegerField()
    cost_usd = serializers.CharField(
        allow_null=True, help_text=_("Of all pictures that ended; null: of one of them it isn't known.")
    )
    score = serializers.DictField(
        allow_null=True, help_text=_("By the room of the recipe; null: not known yet.")
    )
    created_at = serializers.DateTimeField()


class WholeSeriesShown(SeriesShown):
    images = ImageShown(many=True)


SERIES = {
    "id": 12,
    "seller": 1,
    "recipe": "car_angle",
    "subject": "vehicle:3",
    "session": "CAR-1A2B3C4D",
    "title": "Renault Clio 2021",
    "pictures": 2,
    "completed": 2,
    "failed": 0,
    "cost_usd": "0.004000",
    "score": {"version": 1, "total": 94, "judged": 100, "duplicates": [], "groups": []},
    "created_at": "2026-03-01T10:00:00+03:00",
}


class SeriesAsked(PageAsked):
    seller = Id(required=False)
    recipe = Choice(list(RECIPES), required=False)
    subject = Text(required=False, max_length=60, help_text=_("«vehicle:3»"))


class ImageSeriesListDoor(Door):
    @operation(
        _("List series of pictures"),
        words=_("Newest first."),
        query=SeriesAsked,
        answers=SeriesShown,
        is_list=True,
        examples=[Example(SERIES)],
    )
    def get(self, request: ApiRequest) -> Response:
        wanted = {name: self.asked[name] for name in ("recipe", "subject") if name in self.asked}
        sellers = sellers_to_walk(request.user, only=self.asked.get("seller"))
        rows = ImageSeries.objects.filter(**wanted)
        return Response(page(request, rows, shown, self.asked, sellers=sellers))


class ImageSeriesDoor(Door):
    @operation(
        _("One series with its pictures"),
        answers=WholeSeriesShown,
        examples=[
            Example(
                SERIES
                | {
                    "images": [
                        IMAGE | {"recipe": "car_angle", "subject": "vehicle:3", "part": "front", "series": 12}
                    ]
                }
            )
        ],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        series = reach(ImageSeries.objects, request.user, Right.VIEW, pk=pk)
        images = list(series.images.order_by("pk"))
        return Response(row(series, images) | {"images": api_shapes.shown(images)})


def shown(rows: Sequence[ImageSeries]) -> list[dict[str, Any]]:
    """Two queries, however many series."""
    images: dict[int, list[GeneratedImage]] = {series.pk: [] for series in rows}
    for image in GeneratedImage.objects.filter(series__in=rows).only("series_id", "status", "cost"):
        images[image.series_id or 0].append(image)
    return [row(series, images[series.pk]) for series in rows]


def row(series: ImageSeries, images: Iterable[GeneratedImage]) -> dict[str, Any]:
    told = list(images)
    costs = [image.cost for image in told if not image.is_under_way]
    known = [cost for cost in costs if cost is not None]
    return {
        "id": series.pk,
        "seller": series.seller_id,
        "recipe": series.recipe,
        "subject": series.subject,
        "session": series.session,
        "title": series.title,
        "pictures": len(told),
        "completed": sum(image.status == ImageStatus.COMPLETED for image in told),
        "failed": sum(image.status == ImageStatus.FAILED for image in told),
        "cost_usd": f"{sum(known, Decimal(0)):.6f}" if len(known) == len(costs) else None,
        "score": series.score,
        "created_at": series.created_at,
    }
