"""People, the sellers they work for, and who may do what."""

from __future__ import annotations

from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.roles import Right, Role, roles_with


class User(AbstractUser):
    """A person. A superuser runs the installation and belongs to every seller as its admin."""

    language = models.CharField(_("language"), max_length=8, blank=True, default="")
    # "light", "dark"; empty: as the system has it. A browser keeps its own choice in a cookie.
    theme = models.CharField(_("colours"), max_length=8, blank=True, default="")
    # Which step of the first-run welcome comes next; empty: none (console/welcome.py).
    welcome = models.CharField(max_length=16, blank=True, default="")
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


class BrowserSessionQuerySet(models.QuerySet["BrowserSession"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> BrowserSessionQuerySet:
        return of_person(self, user)


class BrowserSession(models.Model):
    """One browser in which a person is signed in. The session itself is Django's, found by its key."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="browser_sessions"
    )
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=80, blank=True, default="")  # "Firefox, Windows"; empty: not known
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    objects = BrowserSessionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.device}"


class TwoFactor(models.Model):
    """A person's second factor, a time-based code (RFC 6238). The row is there while it is on."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="two_factor")
    sealed_secret = models.TextField()  # opened by two_factor.py alone
    # The time step of the last code that was taken: the same code, or an older one, opens nothing again.
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"


class RecoveryCode(models.Model):
    """One of ten ways in without the app, each good once. Kept as SHA-256 of 80 random bits."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class SellerQuerySet(models.QuerySet["Seller"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> SellerQuerySet:
        """The sellers in which `user` holds `right`; the only way from a person to objects."""
        ids = ids_of_sellers(user, right)
        return self.all() if ids is None else self.filter(pk__in=ids)


Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def of_sellers(rows: Rows, user: Any, right: Right) -> Rows:
    """`rows` of the sellers in which `user` holds `right`. One query per person, kept with the person.

    The ids stand in the condition as numbers: so both databases walk one seller's index in the order of a page.
    With a subquery in their place SQLite sorted all 100 000 rows for a page of fifty.
    """
    ids = ids_of_sellers(user, right)
    return rows.all() if ids is None else rows.filter(seller_id__in=ids)


def ids_of_sellers(user: Any, right: Right) -> list[int] | None:
    """The sellers in which `user` holds `right`; None for a superuser: all that there are."""
    if user.is_authenticated and user.is_active and user.is_superuser:
        return None
    roles = roles_with(right)
    return [seller_id for seller_id, role in roles_of(user).items() if role in roles]


def roles_of(user: Any) -> dict[int, str]:
    """Seller → role, of one person. Asked once and kept with the person's row, which lives as long as a request."""
    if not user.is_authenticated or not user.is_active:
        return {}
    roles: dict[int, str] | None = getattr(user, "_roles", None)
    if roles is None:
        roles = user._roles = dict(Membership.objects.filter(user=user).values_list("seller_id", "role"))
    return roles


def of_person(rows: Rows, user: Any) -> Rows:
    """Rows that belong to one person: their own, and for a superuser everybody's."""
    if not user.is_authenticated or not user.is_active:
        return rows.none()
    return rows.all() if user.is_superuser else rows.filter(user=user)


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


class MembershipQuerySet(models.QuerySet["Membership"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> MembershipQuerySet:
        return of_sellers(self, user, right)


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=32, default=Role.READ_ONLY)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "seller"], name="membership_once")]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.seller_id}: {self.role}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> InvitationQuerySet:
        return of_sellers(self, user, right)

    def open(self) -> InvitationQuerySet:
        return self.filter(used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A link that opens once: into a seller with a role, or for a person to a new password. Only its digest is kept.

    open → used | withdrawn | expired
    """

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(
        max_length=150, blank=True, default=""
    )  # whom it is meant for, in the inviter's words
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, null=True, related_name="invitations")
    role = models.CharField(max_length=32, blank=True, default="")
    # Whose new password it is for; None where it invites.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or f"invitation {self.pk}"


class Plan(models.Model):
    """What an account may use: limits by feature and period, null where unlimited.

    `limits` example: `{"pictures": {"month": 50, "at_once": 3, "services": ["openai"]}, "describe": {"day": 2000}, "*": {"day": 5000}, "usd": {"day": "2.00", "month": "25.00"},
    "per_user": {"describe": {"month": 500}}}`; `*` is all features together. Of pictures a plan may also say how many are made
    at once, and by which services.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    limits = models.JSONField(_("limits"), default=dict, blank=True)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return self.name


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ApiTokenQuerySet:
        return of_person(self, user)


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

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEntry(models.Model):
    """Who did what to which object, with before and after. Rows are only added."""

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    seller = models.ForeignKey(Seller, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    action = models.CharField(max_length=80)  # "product.apply", "moderation.approve" …
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["seller", "id"], name="audit_by_seller"),
            models.Index(fields=["object_type", "object_id", "id"], name="audit_by_object"),
            # The page's other filters; `at` turns a date into a bound of the id.
            models.Index(fields=["user", "id"], name="audit_by_person"),
            models.Index(fields=["action", "id"], name="audit_by_action"),
            models.Index(fields=["at"], name="audit_by_time"),
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


class RuntimeSetting(models.Model):
    """A value that an operator changed; see runtime_settings.py. Without a row the default holds."""

    name = models.CharField(_("name"), max_length=80, primary_key=True)
    value = models.JSONField(_("value"), null=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("runtime setting")
        verbose_name_plural = _("runtime settings")

    def __str__(self) -> str:
        return self.name
