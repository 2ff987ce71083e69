"""The first administrator, made when an installation starts with nobody who could run it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction

from vitrina.accounts import audit
from vitrina.accounts.models import User

NAME = "admin"


@dataclass(frozen=True)
class FirstAdmin:
    name: str
    password: str  # opens the door once; the first page asks for another


def create_first_admin() -> FirstAdmin | None:
    """Make «admin» with a one-time password; None when some superuser is there already.

    Two processes that start together make one: the second finds the name taken and gets None.
    """
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        if User.objects.filter(is_superuser=True).exists():
            return None
        person, made = User.objects.get_or_create(
            username=NAME, defaults={"is_staff": True, "is_superuser": True, "must_change_password": True}
        )
        if not made:
            return None
        person.set_password(password)
        person.save(update_fields=["password"])
        audit.record("account.first_admin", person)
    return FirstAdmin(NAME, password)
