"""Counting tries at a secret: by account, by address, by second factor; each try is counted before it is looked at."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext

from vitrina.accounts.addresses import block_of
from vitrina.accounts.login_delay import (
    FORGOTTEN_AFTER,
    FREE_TRIES,
    FREE_TRIES_OF_AN_ADDRESS,
    LONGEST,
    LONGEST_OF_AN_ADDRESS,
    delay_after,
)
from vitrina.accounts.models import SignInCount, User


class Whose(StrEnum):
    """Written in capitals before what is counted: folded account names have none, so the kinds never meet."""

    ACCOUNT = ""
    ADDRESS = "ADDRESS "
    CODE = "CODE "


@dataclass(frozen=True)
class Refusal:
    """`opens_at` is set when the secret was not looked at; None when it was wrong."""

    opens_at: datetime | None
    whose: Whose = Whose.ACCOUNT


def of_account(name: str) -> str:
    """Names that don't exist are counted alike, so that nothing tells them apart."""
    return unicodedata.normalize("NFKC", name).casefold()[:150]


def of_address(address: str) -> str:
    return f"{Whose.ADDRESS}{block_of(address)}"


def of_code(person: User) -> str:
    return f"{Whose.CODE}{person.pk}"


def count(key: str) -> Refusal | None:
    """Count one try; a refusal when it is shut now. A hundred tries at once get no free round."""
    now = timezone.now()
    whose = next((kind for kind in (Whose.ADDRESS, Whose.CODE) if key.startswith(kind)), Whose.ACCOUNT)
    free, longest = (
        (FREE_TRIES_OF_AN_ADDRESS, LONGEST_OF_AN_ADDRESS) if whose is Whose.ADDRESS else (FREE_TRIES, LONGEST)
    )
    SignInCount.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    with transaction.atomic():
        SignInCount.objects.get_or_create(account=key, defaults={"last_at": now, "opens_at": now})
        row = SignInCount.objects.select_for_update().get(account=key)
        if row.opens_at > now:
            return Refusal(row.opens_at, whose)
        failures = row.failures + 1
        SignInCount.objects.filter(pk=row.pk).update(
            failures=failures, last_at=now, opens_at=now + delay_after(failures, free=free, longest=longest)
        )
    return None


def forget(key: str) -> None:
    """The secret was right: this account begins anew."""
    SignInCount.objects.filter(account=key).delete()


def take_back(key: str) -> None:
    """The secret was right: this try was none. Those of others from the same address stay counted."""
    with transaction.atomic():
        row = SignInCount.objects.select_for_update().filter(account=key).first()
        if row is not None:
            SignInCount.objects.filter(pk=row.pk).update(
                failures=max(0, row.failures - 1), opens_at=timezone.now()
            )


def waiting_words(refusal: Refusal) -> str:
    """Which limit holds and when it lifts; only for a refusal with `opens_at`."""
    assert refusal.opens_at is not None
    seconds = max(1, int((refusal.opens_at - timezone.now()).total_seconds()) + 1)
    if refusal.whose is Whose.ADDRESS:
        words = ngettext(
            "Too many wrong tries from your network. Try again in %(count)s second.",
            "Too many wrong tries from your network. Try again in %(count)s seconds.",
            seconds,
        )
    elif refusal.whose is Whose.CODE:
        words = ngettext(
            "Too many wrong codes. Try again in %(count)s second.",
            "Too many wrong codes. Try again in %(count)s seconds.",
            seconds,
        )
    else:
        words = ngettext(
            "Too many wrong tries for this name. Try again in %(count)s second.",
            "Too many wrong tries for this name. Try again in %(count)s seconds.",
            seconds,
        )
    return words % {"count": seconds}
