"""Generated pictures as programs see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from vitrina.imagery.addresses import api_address
from vitrina.imagery.models import RECIPES, GeneratedImage, ImageStatus, Quality
from vitrina.imagery.outcome_words import issues_of
from vitrina.imagery.showing import said_of, trouble_of
from vitrina.lib.picture_files import Size
from vitrina.rest.fields import Shown


class ImageIssueShown(Shown):
    words = serializers.CharField()
    points = serializers.IntegerField(allow_null=True, help_text=_("Taken from the score."))


class ImageShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    recipe = serializers.ChoiceField(list(RECIPES))
    subject = serializers.CharField(allow_blank=True, help_text=_("What it is of: «product:33»."))
    part = serializers.CharField(allow_blank=True, help_text=_("Which of a series: «front»."))
    series = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    status = serializers.ChoiceField(ImageStatus.values)
    trouble = serializers.CharField(allow_blank=True, help_text=_("Why it failed."))
    prompt = serializers.CharField(allow_blank=True)
    negative_prompt = serializers.CharField(allow_blank=True)
    service = serializers.CharField(allow_blank=True)
    model = serializers.CharField(allow_blank=True)
    seed = serializers.IntegerField(allow_null=True)
    width = serializers.IntegerField(allow_null=True, help_text=_("Of the file, in pixels."))
    height = serializers.IntegerField(allow_null=True)
    bytes = serializers.IntegerField(allow_null=True)
    media_type = serializers.CharField(allow_blank=True)
    quality_score = serializers.IntegerField(allow_null=True, help_text=_("0 to 100; null: not checked."))
    quality_level = serializers.ChoiceField(Quality.values, allow_blank=True)
    issues = ImageIssueShown(many=True)
    dropped = serializers.ListField(
        child=serializers.CharField(), help_text=_("What the service could not honour.")
    )
    is_marked = serializers.BooleanField(
        help_text=_("A placeholder, or bears the mark of the service that drew it.")
    )
    is_from_cache = serializers.BooleanField()
    cost_usd = serializers.CharField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    thumb_url = serializers.CharField(allow_null=True, help_text=_("WebP, longest side 320."))
    picture_url = serializers.CharField(allow_null=True, help_text=_("JPEG, longest side 1024."))
    original_url = serializers.CharField(allow_null=True, help_text=_("As the service gave it."))
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


IMAGE = {
    "id": 41,
    "seller": 1,
    "recipe": "free",
    "subject": "",
    "part": "",
    "series": None,
    "title": "Старый маяк в тумане на рассвете",
    "status": "completed",
    "trouble": "",
    "prompt": "An old lighthouse in the fog at dawn, watercolor",
    "negative_prompt": "people",
    "service": "pollinations",
    "model": "flux",
    "seed": 1207,
    "width": 1024,
    "height": 768,
    "bytes": 184320,
    "media_type": "image/jpeg",
    "quality_score": 92,
    "quality_level": "excellent",
    "issues": [],
    "dropped": [],
    "is_marked": False,
    "is_from_cache": False,
    "cost_usd": "0.002000",
    "seconds": 6.4,
    "thumb_url": "/api/v1/images/41/thumb",
    "picture_url": "/api/v1/images/41/processed",
    "original_url": "/api/v1/images/41/original",
    "created_at": "2026-03-01T10:00:00+03:00",
    "finished_at": "2026-03-01T10:00:07+03:00",
}


def shown(rows: Sequence[GeneratedImage]) -> list[dict[str, Any]]:
    return [row(image) for image in rows]


def row(image: GeneratedImage) -> dict[str, Any]:
    has_file = bool(image.digest)
    return {
        "id": image.pk,
        "seller": image.seller_id,
        "recipe": image.recipe,
        "subject": image.subject,
        "part": image.part,
        "series": image.series_id,
        "title": image.title,
        "status": str(image.status),
        "trouble": trouble_of(image),
        "prompt": image.prompt,
        "negative_prompt": image.negative_prompt,
        "service": image.service,
        "model": image.model,
        "seed": image.seed,
        "width": image.real_width if has_file else None,
        "height": image.real_height if has_file else None,
        "bytes": image.size if has_file else None,
        "media_type": image.media_type,
        "quality_score": image.quality_score,
        "quality_level": image.quality_level,
        "issues": [{"words": one.words, "points": one.points} for one in issues_of(image.issues)],
        "dropped": said_of(image.dropped),
        "is_marked": image.is_marked,
        "is_from_cache": image.is_from_cache,
        "cost_usd": None if image.cost is None else f"{image.cost:.6f}",
        "seconds": image.seconds,
        "thumb_url": api_address(image, Size.THUMB),
        "picture_url": api_address(image, Size.PROCESSED),
        "original_url": api_address(image, Size.ORIGINAL),
        "created_at": image.created_at,
        "finished_at": image.finished_at,
    }
