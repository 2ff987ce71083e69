"""Changing the role of a seller's member, and ending a membership. The last administrator stays."""

from __future__ import annotations

from django.db import transaction

from vitrina.accounts import audit, inviting
from vitrina.accounts.models import Membership, Seller, User
from vitrina.accounts.roles import Role


class LastAdmin(Exception):
    """The seller would be left with nobody who may manage it."""


def change_role(membership: Membership, role: str, *, by: User) -> bool:
    """Whether anything changed. Raises LastAdmin."""
    with transaction.atomic():
        found = _locked(membership)
        if found is None or found.role == role:
            return False
        _keep_one_admin(found)
        Membership.objects.filter(pk=found.pk).update(role=role)
        _take_their_links(found)
        audit.record(
            "person.role",
            found,
            by=by,
            before={"person": found.user.username, "role": found.role},
            after={"person": found.user.username, "role": role},
        )
    return True


def remove(membership: Membership, *, by: User) -> bool:
    """Whether this call ended it. The account stays, with whatever other sellers it has. Raises LastAdmin."""
    with transaction.atomic():
        found = _locked(membership)
        if found is None:
            return False
        _keep_one_admin(found)
        audit.record(
            "person.remove", found, by=by, before={"person": found.user.username, "role": found.role}
        )
        _take_their_links(found)
        found.delete()
    return True


def _locked(membership: Membership) -> Membership | None:
    # Two administrators who remove each other at once wait here for one another.
    Seller.objects.select_for_update().get(pk=membership.seller_id)
    return Membership.objects.select_related("user").filter(pk=membership.pk).first()


def _take_their_links(membership: Membership) -> None:
    if membership.role == Role.ADMIN and not membership.user.is_superuser:
        inviting.withdraw_all_of(membership.user, seller_id=membership.seller_id)


def _keep_one_admin(leaving: Membership) -> None:
    others = Membership.objects.filter(
        seller_id=leaving.seller_id, role=Role.ADMIN, user__is_active=True
    ).exclude(pk=leaving.pk)
    if leaving.role == Role.ADMIN and not others.exists():
        raise LastAdmin
