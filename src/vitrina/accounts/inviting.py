"""Inviting people by a link that opens once, within 72 hours. No mail server: whoever invites hands the link on."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from vitrina.accounts import audit, sessions
from vitrina.accounts.models import Invitation, Membership, Seller, User

HOLDS_FOR = timedelta(hours=72)


class InvitationOver(Exception):
    """It was used, withdrawn or has expired, perhaps a moment ago in another window."""


class AlreadyMember(Exception):
    """The person belongs to the seller already; their role is changed on the page of people."""


@dataclass(frozen=True)
class Made:
    invitation: Invitation
    secret: str  # the only time that it is known


def invite(seller: Seller, role: str, *, name: str, by: User) -> Made:
    return _make(seller=seller, role=role, name=name, by=by)


def offer_new_password(person: User, *, by: User) -> Made:
    """A link by which a person who forgot their password chooses another. The old one holds until then."""
    return _make(user=person, name=person.username, by=by)


def _make(*, name: str, by: User, **what: Any) -> Made:
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            digest=_digest(secret), name=name, created_by=by, expires_at=timezone.now() + HOLDS_FOR, **what
        )
        audit.record(
            "person.password_link" if invitation.user_id else "person.invite",
            invitation.user or invitation,
            by=by,
            seller_id=invitation.seller_id,
            after={"name": name, "role": invitation.role} if invitation.seller_id else None,
        )
    return Made(invitation, secret)


def recognise(secret: str) -> Invitation | None:
    """The open invitation of this link."""
    return Invitation.objects.open().select_related("seller", "user").filter(digest=_digest(secret)).first()


def accept_as_new(invitation: Invitation, person: User) -> User:
    """Make the account (not saved yet, password set) and its membership. Raises InvitationOver."""
    with transaction.atomic():
        _use_up(invitation)
        person.save(force_insert=True)
        _join(invitation, person)
    return person


def accept(invitation: Invitation, person: User) -> None:
    """Join with an account that is there. Raises InvitationOver, AlreadyMember (and the link stays good)."""
    with transaction.atomic():
        _use_up(invitation)
        assert invitation.seller is not None
        if Membership.objects.filter(user=person, seller=invitation.seller).exists():
            raise AlreadyMember
        _join(invitation, person)


def choose_password(invitation: Invitation, password: str) -> None:
    """The new password of the person it is for; whoever was signed in as them is put out. Raises InvitationOver."""
    person = invitation.user
    assert person is not None
    with transaction.atomic():
        _use_up(invitation)
        person.set_password(password)
        User.objects.filter(pk=person.pk).update(password=person.password, must_change_password=False)
        sessions.end_all(person, by=person)
        audit.record("account.password", person, by=person, after={"by_link_of": invitation.created_by_id})


def withdraw(invitation: Invitation, *, by: User) -> bool:
    """Whether this call ended it; False when it was over already."""
    with transaction.atomic():
        ended = Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
        if ended:
            audit.record(
                "person.invitation_withdraw",
                invitation,
                by=by,
                before={"name": invitation.name, "role": invitation.role},
            )
    return bool(ended)


def withdraw_all_of(person: User, *, seller_id: int | None = None) -> int:
    """End the open links that this person made: whoever loses a right keeps no door that it opened. How many."""
    found = Invitation.objects.open().filter(created_by=person)
    if seller_id is not None:
        found = found.filter(seller_id=seller_id)
    return found.update(withdrawn_at=timezone.now())


def _use_up(invitation: Invitation) -> None:
    if not Invitation.objects.open().filter(pk=invitation.pk).update(used_at=timezone.now()):
        raise InvitationOver


def _join(invitation: Invitation, person: User) -> None:
    assert invitation.seller is not None
    membership = Membership.objects.create(user=person, seller=invitation.seller, role=invitation.role)
    audit.record(
        "person.join", membership, by=person, after={"person": person.username, "role": invitation.role}
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
