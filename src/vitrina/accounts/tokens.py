"""API tokens: `vt_<prefix>_<secret>`, shown once, kept as a SHA-256 digest, limited by scopes.

A fast hash is right here: the secret has 256 random bits, and a slow one on every request would be a door
for anybody who wants to keep the processor busy.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from vitrina.accounts import audit
from vitrina.accounts.models import ApiToken, User, roles_of
from vitrina.accounts.roles import Right, allows

# A scope is a right that the token may use, or one of those that belong to the installation.
METRICS = "metrics"
SCOPES = frozenset({right.value for right in Right} | {METRICS})
_SEEN_EVERY = timedelta(minutes=1)  # `last_used_at` is good to a minute; a write per request is not worth it


@dataclass(frozen=True)
class Issued:
    token: ApiToken
    secret: str  # the only time that it is known


def issue(
    user: User, name: str, scopes: list[str], *, expires_at: datetime | None = None, by: Any = None
) -> Issued:
    """A new token. ValueError names scopes that don't exist, or that say more than the person ever may."""
    unknown = sorted(set(scopes) - SCOPES)
    if unknown or not scopes:
        raise ValueError(
            f"Unknown scopes: {', '.join(unknown) or '(none given)'}. Known: {', '.join(sorted(SCOPES))}."
        )
    if METRICS in scopes and not may_read_metrics(user):
        raise ValueError(
            f"The scope {METRICS} is of the whole installation: only a superuser's token has it."
        )
    prefix = secrets.token_hex(4)
    secret = f"vt_{prefix}_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            name=name,
            prefix=prefix,
            digest=_digest(secret),
            scopes=sorted(set(scopes)),
            expires_at=expires_at,
        )
        audit.record("token.issue", token, by=by or user, after={"name": name, "scopes": token.scopes})
    return Issued(token, secret)


def offered_to(user: User) -> list[str]:
    """The scopes that are of use to this person: what they may do somewhere; a superuser also reads the metrics."""
    if user.is_superuser:
        return [*(right.value for right in Right), METRICS]
    roles = set(roles_of(user).values())
    return [right.value for right in Right if any(allows(role, right) for role in roles)]


def may_read_metrics(user: Any) -> bool:
    """They tell of every seller; who is no superuser any more reads them no more, by an old token neither."""
    return bool(user.is_authenticated and user.is_active and user.is_superuser)


def recognise(secret: str) -> ApiToken | None:
    """The live token that this secret belongs to, with its user. One query, a second one at most once a minute."""
    parts = secret.split("_", 2)
    if len(parts) != 3 or parts[0] != "vt" or len(parts[1]) > 12:
        return None
    token = ApiToken.objects.select_related("user").filter(prefix=parts[1]).first()
    if token is None or not secrets.compare_digest(token.digest, _digest(secret)):
        return None
    now = timezone.now()
    if token.revoked_at or (token.expires_at and token.expires_at <= now) or not token.user.is_active:
        return None
    # Looked at here: an UPDATE that finds nothing would still wait for SQLite's one writer, on every request.
    if token.last_used_at is None or token.last_used_at < now - _SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke(token: ApiToken, *, by: Any) -> bool:
    """Whether this call ended it; False when it had ended before."""
    with transaction.atomic():
        ended = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
        if ended:
            audit.record("token.revoke", token, by=by, before={"name": token.name})
    return bool(ended)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
