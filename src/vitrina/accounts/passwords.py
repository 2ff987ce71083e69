"""A person's own new password: this browser stays, every other one is put out."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest

from vitrina.accounts import audit, first_password, proving, sessions
from vitrina.accounts.models import User


def change_password(request: HttpRequest, person: User, password: str) -> int:
    """How many other sessions were ended."""
    before, was_given = request.session.session_key, person.must_change_password
    with transaction.atomic():
        person.set_password(password)
        User.objects.filter(pk=person.pk).update(password=person.password, must_change_password=False)
        person.must_change_password = False
        audit.record("account.password", person, by=person)
        ended = sessions.end_all(person, by=person, but=before)
    update_session_auth_hash(request, person)  # with a new key of this session
    sessions.moved(before, request.session.session_key)
    proving.prove(request)
    if was_given:
        first_password.forget()
    return ended
