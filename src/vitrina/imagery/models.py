"""Pictures that were asked for, each with what it was made of, and every call that was made for it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right
from vitrina.imagery.scene import Recipe

ORIGINALS, PROCESSED, THUMBS = "generated/original", "generated/processed", "generated/thumbs"


class ImageStatus(models.TextChoices):
    """How far a picture is."""

    QUEUED = "queued", _("queued")
    GENERATING = "generating", _("being made")
    COMPLETED = "completed", _("completed")
    FAILED = "failed", _("failed")


class Quality(models.TextChoices):
    """Levels of the quality check, by score."""

    EXCELLENT = "excellent", _("excellent")  # ≥ 90
    GOOD = "good", _("good")  # ≥ 70
    ACCEPTABLE = "acceptable", _("acceptable")  # ≥ 50
    POOR = "poor", _("poor")


RECIPES = {
    Recipe.BOOK_SCENE.value: _("book scene"),
    Recipe.CAR_ANGLE.value: _("car from one angle"),
    Recipe.PRODUCT_SHOT.value: _("product shot"),
    Recipe.FREE.value: _("free text"),
}


class ImageSeriesQuerySet(models.QuerySet["ImageSeries"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ImageSeriesQuerySet:
        return of_sellers(self, user, right)


class ImageSeries(models.Model):
    """Pictures that must show the same thing, or that were asked for together.

    `session`: «CAR-1A2B3C4D», from which the seeds of a series derive. `subject`: what it shows, as «vehicle:7» or
    «chapter:12». `most_at_once`: pictures of it that may be made at the same time. `score`: see the room of the
    recipe; null until it is known.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="image_series", db_index=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recipe = models.CharField(_("recipe"), max_length=16, choices=RECIPES)
    subject = models.CharField(max_length=60)
    session = models.CharField(_("session"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=200)
    most_at_once = models.PositiveSmallIntegerField(default=3)
    score = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ImageSeriesQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["seller", "-id"], name="imageseries_of_seller"),
            models.Index(fields=["subject"], name="imageseries_by_subject"),
        ]
        verbose_name = _("image series")
        verbose_name_plural = _("image series")

    def __str__(self) -> str:
        return self.title


class GeneratedImageQuerySet(models.QuerySet["GeneratedImage"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> GeneratedImageQuerySet:
        return of_sellers(self, user, right)

    def under_way(self) -> GeneratedImageQuerySet:
        return self.filter(status__in=[ImageStatus.QUEUED, ImageStatus.GENERATING])


class GeneratedImage(models.Model):
    """One picture that was asked for.

    `subject`: what it is of, as «passage:12», «vehicle:7», «product:33»; empty for free text. `part`: which of a series
    («front»). `scene`: the request before a service was chosen (`scene.Scene` as JSON); `options`: what the person
    chose (`options.Options` as JSON). `prompt`, `negative_prompt`, `service`, `model`, `seed`, `width` × `height`: as the
    service was asked last. `references`: the pictures given along, as `asking.ReferenceFile`.
    `digest` and what follows: of the file, empty until one stands in the storage. `cost`: USD over all tries, null where
    it is not known. `quality_score`: 0–100, null until it was checked. `issues`: what the check found, JSON.
    `dropped`: what a service could not honour, sentences. `reason`: why it failed, a sentence with its values.
    `is_from_cache`: the file of an equal earlier request. `is_marked`: drawn offline or by a service that leaves its mark.
    `wish`: the hash of what was asked for, so that the same is not made twice. `held`: the counters from which this
    picture took its unit; empty once it was given back. `not_before`: a service's limit holds it up until then.

    queued → generating → completed | failed; generating → queued while it waits; failed → queued when asked for again
    """

    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, related_name="generated_images", db_index=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    series = models.ForeignKey(
        ImageSeries, on_delete=models.CASCADE, null=True, blank=True, related_name="images"
    )
    recipe = models.CharField(_("recipe"), max_length=16, choices=RECIPES)
    subject = models.CharField(max_length=60, blank=True)
    part = models.CharField(_("part"), max_length=30, blank=True)
    title = models.CharField(_("title"), max_length=200)
    scene = models.JSONField()
    options = models.JSONField(default=dict)
    status = models.CharField(_("status"), max_length=12, choices=ImageStatus, default=ImageStatus.QUEUED)
    prompt = models.TextField(_("prompt"), blank=True)
    negative_prompt = models.TextField(_("negative prompt"), blank=True)
    service = models.CharField(_("service"), max_length=24, blank=True)
    model = models.CharField(_("model"), max_length=120, blank=True)
    seed = models.BigIntegerField(_("seed"), null=True, blank=True)
    width = models.PositiveIntegerField(_("width"), default=0)
    height = models.PositiveIntegerField(_("height"), default=0)
    references = models.JSONField(default=list)
    wish = models.CharField(max_length=64, blank=True)
    held = models.JSONField(default=list)
    not_before = models.DateTimeField(null=True, blank=True)
    cache_key = models.CharField(max_length=64, blank=True)
    is_from_cache = models.BooleanField(default=False)
    is_marked = models.BooleanField(default=False)

    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the bytes as they came
    media_type = models.CharField(max_length=20, blank=True)
    size = models.PositiveIntegerField(default=0)  # bytes, as they came
    real_width = models.PositiveIntegerField(default=0)
    real_height = models.PositiveIntegerField(default=0)
    likeness = models.BigIntegerField(null=True)
    measured = models.JSONField(default=dict)

    quality_score = models.PositiveSmallIntegerField(_("quality"), null=True, blank=True)
    quality_level = models.CharField(_("quality level"), max_length=12, choices=Quality, blank=True)
    issues = models.JSONField(default=list)
    dropped = models.JSONField(default=list)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    reason_values = models.JSONField(default=dict)
    cost = models.DecimalField(_("cost, USD"), max_digits=18, decimal_places=9, null=True, blank=True)
    seconds = models.FloatField(_("time, s"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = GeneratedImageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["seller", "-id"], name="image_of_seller"),
            models.Index(fields=["seller", "status", "-id"], name="image_by_status"),
            models.Index(fields=["seller", "recipe", "-id"], name="image_by_recipe"),
            models.Index(fields=["subject", "-id"], name="image_by_subject"),
            models.Index(fields=["cache_key"], name="image_by_cache_key"),
            models.Index(fields=["wish"], name="image_by_wish"),
            models.Index(fields=["digest"], name="image_by_digest"),
            # Those under way, of all sellers: few, whatever was made before.
            models.Index(
                fields=["seller", "id"],
                name="image_under_way",
                condition=Q(status__in=["queued", "generating"]),
            ),
        ]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.title

    @property
    def is_under_way(self) -> bool:
        return self.status in (ImageStatus.QUEUED, ImageStatus.GENERATING)

    @property
    def original_name(self) -> str:
        """Where the bytes lie as they came."""
        return original_name(self.seller_id, self.digest, self.media_type)

    @property
    def processed_name(self) -> str:
        """JPEG, longest side ≤ 1024: for pages, and as a reference."""
        return f"{PROCESSED}/{self._place}.jpg"

    @property
    def thumb_name(self) -> str:
        """WebP, longest side ≤ 320."""
        return f"{THUMBS}/{self._place}.webp"

    @property
    def _place(self) -> str:
        return _place(self.seller_id, self.digest)


def original_name(seller_id: int, digest: str, media_type: str) -> str:
    """Where the bytes of a picture lie as they came, also of one that no row shows."""
    suffix = media_type.removeprefix("image/").replace("jpeg", "jpg")
    return f"{ORIGINALS}/{_place(seller_id, digest)}.{suffix}"


def _place(seller_id: int, digest: str) -> str:
    return f"{seller_id}/{digest[:2]}/{digest}"


class ImageAttempt(models.Model):
    """One call to one service for a picture, for its history and for the services' figures.

    Written before the call and ended after it, so that whoever takes over a killed job goes on with the very same call:
    its row is the key under which the engine pays once. `outcome`: empty while it is under way, «ok», or one of
    `ports.Outcome`. `round`: which try of the job. `order`: what the service was asked, without the pictures
    (`calls.order_json`). `made`: what it gave, as the engine keeps it (`calls.Made`); empty without a picture.
    `words`: what went wrong, a sentence with `values`. `retry_after`: seconds that the service wants to be left alone.
    `call`: the ledger's row. `kind`: what sort of picture, for figures by type («location», «front»). `plan`: the name
    of the seller's plan at that time.
    """

    image = models.ForeignKey(GeneratedImage, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(auto_now_add=True)
    round = models.PositiveSmallIntegerField(default=1)
    service = models.CharField(max_length=24)
    model = models.CharField(max_length=120)
    seed = models.BigIntegerField(null=True)
    order = models.JSONField(default=dict)
    made = models.JSONField(default=dict)
    outcome = models.CharField(max_length=16, blank=True)
    code = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=500, blank=True)
    values = models.JSONField(default=dict)
    retry_after = models.FloatField(null=True)
    quality_score = models.PositiveSmallIntegerField(null=True)
    issues = models.JSONField(default=list)
    seconds = models.FloatField(null=True)
    cost = models.DecimalField(max_digits=18, decimal_places=9, null=True)
    kind = models.CharField(max_length=30, blank=True)
    plan = models.CharField(max_length=80, blank=True)
    call = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["service", "-id"], name="imageattempt_by_service")]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.service}: {self.outcome or 'under way'}"
