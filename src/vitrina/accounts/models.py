"""People, the sellers they work for, and who may do what."""

from __future__ import annotations

from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.roles import Right, Role, roles_with


class User(AbstractUser):
    """A person. A superuser runs the installation and belongs to every seller as its admin."""

    language = models.CharField(_("language"), max_length=8, blank=True, default="")
    # The password was made by the program for one sign-in; nothing else opens until the person chose another.
    must_change_password = models.BooleanField(_("must change password"), default=False)


class SignInCount(models.Model):
    """Failed sign-ins of one account name, known or not: what the growing delay is reckoned from."""

    account = models.CharField(max_length=150, unique=True)  # folded: «Alice» and «alice» are one
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)  # for clearing rows of yesterday
    opens_at = models.DateTimeField()  # before this no password is looked at

    def __str__(self) -> str:
        return f"{self.account}: {self.failures}"


class SellerQuerySet(models.QuerySet["Seller"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> SellerQuerySet:
        """The sellers in which `user` holds `right`; the only way from a person to objects."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self.all()
        return self.filter(
            pk__in=Membership.objects.filter(user=user, role__in=roles_with(right)).values("seller_id")
        )


Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def of_sellers(rows: Rows, user: Any, right: Right) -> Rows:
    """`rows` of the sellers in which `user` holds `right`. One query per person and right, kept with the person.

    The ids stand in the condition as numbers: so both databases walk one seller's index in the order of a page.
    With a subquery in their place SQLite sorted all 100 000 rows for a page of fifty.
    """
    if user.is_authenticated and user.is_active and user.is_superuser:
        return rows.all()
    known = user.__dict__.setdefault("_seller_ids", {})
    if right not in known:
        known[right] = list(Seller.objects.reachable_by(user, right).order_by().values_list("pk", flat=True))
    return rows.filter(seller_id__in=known[right])


class Seller(models.Model):
    """A shop account on a source; owns products and interactions, has members."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    # Where its listings come from: "feed", "wildberries", "ozon", "instagram", "site" …; an open list.
    source = models.CharField(_("source"), max_length=40, default="feed")
    language = models.CharField(_("content language"), max_length=8, default="ru")
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    # The marketplace whose limits and rules the cards must keep; empty: only the house's own.
    target = models.CharField(_("target marketplace"), max_length=40, blank=True, default="")
    plan = models.ForeignKey(
        "accounts.Plan", on_delete=models.PROTECT, related_name="sellers", null=True, blank=True
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SellerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=32, default=Role.READ_ONLY)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "seller"], name="membership_once")]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.seller_id}: {self.role}"


class Plan(models.Model):
    """What an account may use: limits by feature and period, null where unlimited.

    `limits` example: `{"pictures": {"month": 50}, "describe": {"day": 2000}, "*": {"day": 5000}, "usd": {"month": "25.00"},
    "per_user": {"describe": {"month": 500}}}`; `*` is all features together.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    limits = models.JSONField(_("limits"), default=dict, blank=True)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A key for programs. Only the SHA-256 of its 32 random bytes is stored: a fast hash is right at 256 bits."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEntry(models.Model):
    """Who did what to which object, with before and after. Rows are only added."""

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    seller = models.ForeignKey(Seller, on_delete=models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=80)  # "product.apply", "moderation.approve" …
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["seller", "-id"], name="audit_by_seller"),
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_by_object"),
        ]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class UsageCounter(models.Model):
    """How much of a quota or budget is used; the key says whose, of what and when (quota_rules.py).

    Written by quotas.Book alone. Money is in nano-dollars.
    """

    key = models.CharField(max_length=200, primary_key=True)
    used = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("usage counter")
        verbose_name_plural = _("usage counters")

    def __str__(self) -> str:
        return f"{self.key}: {self.used}"
