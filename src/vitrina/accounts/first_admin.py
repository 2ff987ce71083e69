"""The first administrator, made when an installation starts with nobody who could run it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from vitrina.accounts import audit, first_password, planning
from vitrina.accounts.models import User


@dataclass(frozen=True)
class FirstAdmin:
    name: str
    password: (
        str  # opens the door once, and the first page asks for another; empty: the one that was configured
    )


class WeakPassword(Exception):
    """VITRINA_ADMIN_PASSWORD is one that the studio wouldn't take from a person either. Nobody was made."""


def create_first_admin() -> FirstAdmin | None:
    """Make the administrator; None when some superuser is there already. Raises WeakPassword.

    With VITRINA_ADMIN_PASSWORD that is the password; else a one-time one, which also lies in a file of the data
    directory until it was used. Two processes that start together make one: the second finds the name taken.
    """
    configured = settings.ADMIN_PASSWORD
    password = configured or secrets.token_urlsafe(12)
    with transaction.atomic():
        if User.objects.filter(is_superuser=True).exists():
            return None
        if configured:
            _check(configured)
        person, made = User.objects.get_or_create(
            username=settings.ADMIN_NAME,
            defaults={
                "is_staff": True,
                "is_superuser": True,
                "must_change_password": not configured,
                "welcome": "language",
            },
        )
        if not made:
            return None
        person.set_password(password)
        person.save(update_fields=["password"])
        audit.record("account.first_admin", person)
        planning.make_first_plans()
    if configured:
        return FirstAdmin(person.username, "")
    first_password.keep(password)
    return FirstAdmin(person.username, password)


def waits() -> str | None:
    """The name of the first administrator while nobody came in with the one-time password yet."""
    return (
        User.objects.filter(is_superuser=True, must_change_password=True, last_login=None)
        .values_list("username", flat=True)
        .first()
    )


def nobody_runs_it() -> bool:
    return not User.objects.filter(is_superuser=True, is_active=True).exists()


def _check(password: str) -> None:
    try:
        validate_password(password, User(username=settings.ADMIN_NAME))
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from None
