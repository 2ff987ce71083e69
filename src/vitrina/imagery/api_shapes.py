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
from vitrina.imagery.standing import ServiceStanding
from vitrina.jobs.api_shapes import JOB
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


class FiguresShown(Shown):
    calls = serializers.IntegerField()
    success = serializers.IntegerField()
    success_rate = serializers.FloatField(allow_null=True)
    median_seconds = serializers.FloatField(allow_null=True)
    p95_seconds = serializers.FloatField(allow_null=True)


class ServiceShown(Shown):
    name = serializers.CharField()
    title = serializers.CharField()
    model = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(["ready", "resting", "unusable"])
    why_not = serializers.CharField(allow_blank=True)
    is_offline = serializers.BooleanField()
    marks_pictures = serializers.BooleanField()
    most_references = serializers.IntegerField()
    has_negative = serializers.BooleanField()
    has_seed = serializers.BooleanField()
    figures = FiguresShown(allow_null=True)


class ServicesShown(Shown):
    services = ServiceShown(many=True)


SERVICE = {
    "name": "pollinations",
    "title": "Pollinations",
    "model": "flux",
    "state": "ready",
    "why_not": "",
    "is_offline": False,
    "marks_pictures": False,
    "most_references": 0,
    "has_negative": False,
    "has_seed": True,
    "figures": {
        "calls": 212,
        "success": 207,
        "success_rate": 0.976,
        "median_seconds": 5.8,
        "p95_seconds": 14.2,
    },
}
ACCEPTED = {
    "job": JOB | {"kind": "imagery.draw", "title": IMAGE["title"]},
    "image": IMAGE
    | {
        "status": "queued", "prompt": "", "negative_prompt": "", "service": "", "model": "", "width": None,
        "height": None, "bytes": None, "media_type": "", "quality_score": None, "quality_level": "",
        "cost_usd": None, "seconds": None, "thumb_url": None, "picture_url": None, "original_url": None,
        "finished_at": None,
    },
}  # fmt: skip


def service_row(one: ServiceStanding) -> dict[str, Any]:
    abilities, figures = one.installed.abilities, one.figures
    return {
        "name": one.installed.name,
        "title": one.installed.service.title,
        "model": one.installed.model,
        "state": one.state,
        "why_not": one.why_not,
        "is_offline": one.installed.service.is_offline,
        "marks_pictures": abilities.marks_pictures,
        "most_references": abilities.most_references,
        "has_negative": abilities.has_negative,
        "has_seed": abilities.has_seed,
        "figures": figures
        and {
            "calls": figures.count.total,
            "success": figures.count.success,
            "success_rate": figures.count.success_rate,
            "median_seconds": one.median,
            "p95_seconds": one.nearly_all,
        },
    }
