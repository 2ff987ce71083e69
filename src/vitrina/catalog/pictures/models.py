"""One picture's bytes, kept once for a seller however many products and addresses show it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right

ORIGINALS, PROCESSED, THUMBS = "products/original", "products/processed", "products/thumbs"


class ImageState(models.TextChoices):
    """How far the picture behind an address is."""

    WAITING = "waiting", _("not fetched yet")
    STORED = "stored", _("stored")
    FAILED = "failed", _("could not be fetched")  # may be asked for again
    REFUSED = "refused", _("is no picture that can be used")  # asked for again only when the address changes


class PictureQuerySet(models.QuerySet["Picture"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> PictureQuerySet:
        return of_sellers(self, user, right)


class Picture(models.Model):
    """A picture that was fetched or uploaded, by its content. The row is written after its files stand whole.

    `width` × `height`: as it is looked at, after the rotation that the camera noted. `likeness`: a perceptual hash of
    64 bits, signed; few bits apart means nearly the same picture. `measured`: what the pixels say
    (`lib.pictures.measuring`), with the version of the measuring.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="pictures", db_index=False)
    digest = models.CharField(max_length=64)  # SHA-256 of the bytes as they came
    media_type = models.CharField(max_length=20)  # of the bytes as they came: "image/jpeg"
    size = models.PositiveIntegerField()  # bytes, as they came
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    likeness = models.BigIntegerField()
    measured = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PictureQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "digest"], name="picture_once_per_seller")]
        indexes = [
            # Nearly the same pictures of a seller: these alone are read, not the rows.
            models.Index(fields=["seller", "likeness"], name="picture_by_likeness"),
        ]
        verbose_name = _("stored picture")
        verbose_name_plural = _("stored pictures")

    def __str__(self) -> str:
        return f"{self.width}×{self.height} {self.digest[:12]}"

    @property
    def original_name(self) -> str:
        """Where the bytes lie as they came. The folder of two letters keeps folders small."""
        suffix = self.media_type.removeprefix("image/").replace("jpeg", "jpg")
        return f"{ORIGINALS}/{self._place}.{suffix}"

    @property
    def processed_name(self) -> str:
        """JPEG for models: longest side ≤ 1024, quality 85, no metadata."""
        return f"{PROCESSED}/{self._place}.jpg"

    @property
    def thumb_name(self) -> str:
        """WebP for pages."""
        return f"{THUMBS}/{self._place}.webp"

    @property
    def _place(self) -> str:
        return f"{self.seller_id}/{self.digest[:2]}/{self.digest}"
