"""Requests that may be asked twice and are done once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class KeyedRequest(models.Model):
    """A request with an Idempotency-Key, and its answer once there is one.

    under way (status null) → answered; a refused one leaves no row, so that it may be mended and sent again.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # of method, address and body
    # Whoever holds it does the work; after a crash somebody else may, once `held_until` has passed.
    fence = models.CharField(max_length=32)
    held_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.TextField(blank=True, default="")
    location = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="keyed_request_once")]
        # asking_twice.forget_old
        indexes = [models.Index(fields=["created_at"], name="keyed_request_age")]
        verbose_name = _("request with a key")
        verbose_name_plural = _("requests with a key")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key}"
