"""Signing a person in, with a growing delay per account name."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from vitrina.accounts import audit
from vitrina.accounts.login_delay import FORGOTTEN_AFTER, delay_after
from vitrina.accounts.models import SignInCount, User


@dataclass(frozen=True)
class Refusal:
    """`opens_at` is set when no password was looked at; None when name or password was wrong."""

    opens_at: datetime | None


def sign_in(request: HttpRequest, name: str, password: str) -> User | Refusal:
    """The person, or why not. Names that don't exist are counted alike, so that nothing tells them apart."""
    account = unicodedata.normalize("NFKC", name).casefold()[:150]
    # 1. The try is counted before the password is looked at: a hundred tries at once get no free round.
    opens_at = _count(account)
    if opens_at is not None:
        return Refusal(opens_at)
    # 2. Only then the slow comparison, outside the transaction.
    person = authenticate(request, username=name, password=password)
    if not isinstance(person, User):
        return Refusal(None)
    SignInCount.objects.filter(account=account).delete()
    audit.record("account.sign_in", person, by=person)
    return person


def _count(account: str) -> datetime | None:
    """Count one try; the moment it opens again when the account is shut now."""
    now = timezone.now()
    SignInCount.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    with transaction.atomic():
        SignInCount.objects.get_or_create(account=account, defaults={"last_at": now, "opens_at": now})
        row = SignInCount.objects.select_for_update().get(account=account)
        if row.opens_at > now:
            return row.opens_at
        failures = row.failures + 1
        SignInCount.objects.filter(pk=row.pk).update(
            failures=failures, last_at=now, opens_at=now + delay_after(failures)
        )
    return None
