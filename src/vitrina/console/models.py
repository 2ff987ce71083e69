"""What people keep of the console itself: their views of the products."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def of(self, user: Any) -> SavedViewQuerySet:
        """One's own, and those that a colleague shared in a seller that one belongs to."""
        return self.filter(Q(user=user) | Q(seller__in=Seller.objects.reachable_by(user)))


class SavedView(models.Model):
    """A filter of the products under a name. `seller`: shared with its members; null: of one person alone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, related_name="saved_views", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=2000, blank=True, default="")  # the address behind «?»
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="view_once_per_person")]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view that a person's products open with: a person has one at most, their own or a shared one."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("default view")
        verbose_name_plural = _("default views")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.view_id}"
