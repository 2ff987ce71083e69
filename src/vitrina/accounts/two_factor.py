"""The second factor of a person: switching it on and off, checking a code, recovery codes."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from vitrina.accounts import audit, tries
from vitrina.accounts.models import RecoveryCode, TwoFactor, User
from vitrina.accounts.sections import sellers_admins
from vitrina.accounts.tries import Refusal
from vitrina.accounts.two_factor_codes import digest, folded, new_recovery_codes, step_of
from vitrina.lib.resealing import Place
from vitrina.lib.sealing import NotOpened, Sealer, sealer

logger = logging.getLogger(__name__)

SECRETS = Place("accounts.two_factor", TwoFactor, "sealed_secret", lambda row: f"user:{row.user_id}")


def is_on(person: User) -> bool:
    return TwoFactor.objects.filter(user=person).exists()


def is_owed(person: User) -> bool:
    """Whether the installation demands it of this person and they have none. No query where it demands nothing."""
    return settings.ADMINS_NEED_TWO_FACTOR and sellers_admins(person) and not is_on(person)


def switch_on(person: User, secret: str, code: str) -> list[str] | None:
    """The ten recovery codes, known only now; None when the code is not of this secret."""
    step = step_of(folded(code), secret, timezone.now().timestamp())
    if step is None:
        return None
    with transaction.atomic():
        _made, is_new = TwoFactor.objects.get_or_create(
            user=person, defaults={"sealed_secret": _sealed(person, secret), "last_step": step}
        )
        if not is_new:  # another window was quicker; its secret is the one that holds
            return None
        audit.record("account.two_factor_on", person, by=person)
        return _renew(person)


def check(person: User, code: str) -> str | Refusal:
    """ "app" or "recovery", by what the code was; a refusal otherwise. Every code opens once."""
    refusal = tries.count(tries.of_code(person))
    if refusal is not None:
        return refusal
    said = folded(code)
    with transaction.atomic():
        factor = TwoFactor.objects.select_for_update().filter(user=person).first()
        if factor is None:
            return Refusal(None, tries.Whose.CODE)
        step = _step(factor, said)
        if step is not None:
            sealed = _sealer().resealed(factor.sealed_secret, about=SECRETS.about(factor))
            TwoFactor.objects.filter(pk=factor.pk).update(last_step=step, sealed_secret=sealed)
            how = "app"
        elif RecoveryCode.objects.filter(user=person, digest=digest(said), used_at=None).update(
            used_at=timezone.now()
        ):
            audit.record("account.recovery_code", person, by=person)
            how = "recovery"
        else:
            return Refusal(None, tries.Whose.CODE)
    tries.forget(tries.of_code(person))
    return how


def codes_left(person: User) -> int:
    return RecoveryCode.objects.filter(user=person, used_at=None).count()


def renew_codes(person: User) -> list[str]:
    """Ten new recovery codes; the old ones open nothing any more."""
    with transaction.atomic():
        codes = _renew(person)
        audit.record("account.recovery_codes", person, by=person)
    return codes


def switch_off(person: User, *, by: Any) -> bool:
    """Whether this call switched it off. The doors ask for password and code, or for a superuser, before."""
    with transaction.atomic():
        ended, _rows = TwoFactor.objects.filter(user=person).delete()
        RecoveryCode.objects.filter(user=person).delete()
        if ended:
            action = "account.two_factor_off" if by == person else "account.two_factor_reset"
            audit.record(action, person, by=by)
    return bool(ended)


def _step(factor: TwoFactor, code: str) -> int | None:
    try:
        secret = _sealer().open(factor.sealed_secret, about=SECRETS.about(factor))
    except NotOpened:  # the installation's secret was changed without its fallback: recovery codes still open
        logger.error(
            "second factor can't be read", extra={"action": "two_factor.sealed", "user": factor.user_id}
        )
        return None
    return step_of(code, secret, timezone.now().timestamp(), after=factor.last_step)


def _sealed(person: User, secret: str) -> str:
    return _sealer().seal(secret, about=f"user:{person.pk}")


def _sealer() -> Sealer:
    return sealer(SECRETS.purpose)


def _renew(person: User) -> list[str]:
    RecoveryCode.objects.filter(user=person).delete()
    codes = new_recovery_codes()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=person, digest=digest(code)) for code in codes)
    return codes
