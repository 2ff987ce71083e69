"""The secrets of an endpoint: made here, stored sealed, shown once."""

from __future__ import annotations

from datetime import datetime, timedelta

from vitrina.lib.resealing import Place
from vitrina.lib.sealing import sealer
from vitrina.webhooks import signing
from vitrina.webhooks.models import Endpoint

PURPOSE = "webhooks.secrets"
OLD_SIGNS_FOR = timedelta(hours=24)


def sealed(endpoint_id: int, secret: str) -> str:
    return sealer(PURPOSE).seal(secret, about=_about(endpoint_id))


def signing_secrets(endpoint: Endpoint, now: datetime) -> list[str]:
    """The secrets that sign now: the newest, and for a day after a change the one before. Raises NotOpened."""
    found = [sealer(PURPOSE).open(endpoint.secret, about=_about(endpoint.pk))]
    if endpoint.old_secret and endpoint.old_secret_until and endpoint.old_secret_until > now:
        found.append(sealer(PURPOSE).open(endpoint.old_secret, about=_about(endpoint.pk)))
    return found


def new() -> str:
    return signing.new_secret()


def _about(endpoint_id: int) -> str:
    return f"endpoint:{endpoint_id}"


SEALED = [Place(PURPOSE, Endpoint, column, lambda row: _about(row.pk)) for column in ("secret", "old_secret")]
