"""What a superuser decides about a person: in or out, running the installation or not."""

from __future__ import annotations

from django.db import transaction

from vitrina.accounts import audit, inviting, sessions
from vitrina.accounts.models import ApiToken, User


class LastSuperuser(Exception):
    """Nobody would be left who runs the installation."""


def switch_off(person: User, *, by: User) -> bool:
    """Close the account: no signing in, sessions ended, tokens asleep. What the person did stays. Raises LastSuperuser."""
    with transaction.atomic():
        _keep_one(person)
        if not User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
            return False
        sessions.end_all(person, by=by)
        inviting.withdraw_all_of(person)
        asleep = ApiToken.objects.filter(user=person, revoked_at=None).count()
        audit.record("person.switch_off", person, by=by, after={"person": person.username, "tokens": asleep})
    return True


def switch_on(person: User, *, by: User) -> bool:
    with transaction.atomic():
        if not User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
            return False
        audit.record("person.switch_on", person, by=by, after={"person": person.username})
    return True


def set_superuser(person: User, is_superuser: bool, *, by: User) -> bool:
    """Whether anything changed. Raises LastSuperuser."""
    with transaction.atomic():
        if not is_superuser:
            _keep_one(person)
        changed = User.objects.filter(pk=person.pk, is_superuser=not is_superuser).update(
            is_superuser=is_superuser, is_staff=is_superuser
        )
        if not changed:
            return False
        if not is_superuser:
            inviting.withdraw_all_of(person)
        audit.record(
            "person.superuser",
            person,
            by=by,
            before={"superuser": not is_superuser},
            after={"superuser": is_superuser},
        )
    return True


def _keep_one(leaving: User) -> None:
    running = list(
        User.objects.select_for_update()
        .filter(is_superuser=True, is_active=True)
        .values_list("pk", flat=True)
    )
    if running == [leaving.pk]:
        raise LastSuperuser
