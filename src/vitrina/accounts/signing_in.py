"""Signing a person in: the password with its growing delays, then the second factor where there is one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from vitrina.accounts import audit, proving, sessions, tries
from vitrina.accounts.addresses import address_of
from vitrina.accounts.models import User
from vitrina.accounts.tries import Refusal

HALF_WAY = "half_way"  # in the session: who gave the right password and owes the code
HALF_WAY_SECONDS = 600
BACKEND = "django.contrib.auth.backends.ModelBackend"


def check_password(request: HttpRequest, name: str, password: str) -> User | Refusal:
    """The person whose password this is, or why not."""
    account, address = tries.of_account(name), address_of(request)
    keys = [*([tries.of_address(address)] if address else []), account]
    # 1. The try is counted before the password is looked at.
    for key in keys:
        refusal = tries.count(key)
        if refusal is not None:
            return refusal
    # 2. Only then the slow comparison, outside the transaction; for a name that doesn't exist it takes as long.
    person = authenticate(request, username=name, password=password)
    if not isinstance(person, User):
        return Refusal(None)
    tries.forget(account)
    if address:
        tries.take_back(tries.of_address(address))
    return person


def enter(request: HttpRequest, person: User, **how: Any) -> None:
    """Open the studio to this browser: a new session, known to its owner by device and address."""
    login(request, person, backend=BACKEND)
    request.session.pop(HALF_WAY, None)
    proving.prove(request)
    sessions.note(request, person)
    sessions.clear_expired()
    audit.record("account.sign_in", person, by=person, after=how or None)


def wait_for_code(request: HttpRequest, person: User) -> None:
    """Remember in a fresh session that the password was right. It opens nothing yet."""
    request.session.flush()
    request.session[HALF_WAY] = {
        "user": person.pk,
        "at": timezone.now().timestamp(),
        "hash": person.get_session_auth_hash(),
    }


def who_waits(request: HttpRequest) -> User | None:
    """Who owes a code in this browser; None when nobody does, or for longer than ten minutes."""
    said = request.session.get(HALF_WAY)
    if not said or timezone.now().timestamp() - said["at"] > HALF_WAY_SECONDS:
        return None
    person = User.objects.filter(pk=said["user"], is_active=True).first()
    if person is None or not constant_time_compare(said["hash"], person.get_session_auth_hash()):
        return None
    return person
