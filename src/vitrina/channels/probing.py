"""Asking a marketplace what a connection's credentials open, and keeping what it says.

A channel that the plan or the key's rights don't cover is a state of the connection (`access`); `trouble` is what
keeps the question from being answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrina.accounts.models import User
from vitrina.channels.errors import (
    ChannelError,
    CredentialsRefused,
    InDoubt,
    NotOpen,
    Refused,
    Throttled,
    Unavailable,
    Unreadable,
)
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.opening import credentials_of, open_channel
from vitrina.channels.ports import Access, AccessState, Channel, Kind, Probe
from vitrina.jobs import clock
from vitrina.jobs.enqueue import Priority, QueueFull, enqueue
from vitrina.jobs.models import Job

PROBE = "channels.probe"
LONGEST_TROUBLE = 2_000
# What an error is called in the row; the first that fits. standing.py has its words.
KINDS: tuple[tuple[type[ChannelError], str], ...] = (
    (CredentialsRefused, "credentials"),
    (Throttled, "throttled"),
    (Unavailable, "unavailable"),
    (InDoubt, "unavailable"),
    (Unreadable, "unreadable"),
    (Refused, "refused"),
)
OTHER = "other"
CARDS = "cards"  # in `Connection.access`, beside the channels
UNKNOWN_PLATFORM = "unknown_platform"


def probe_later(
    connection: Connection, *, by: User | None, priority: Priority = Priority.OPERATOR
) -> Job | None:
    """One look, in the caller's transaction. None: the seller's queue is full, and the daily look will do."""
    try:
        return enqueue(
            PROBE,
            {"connection": connection.pk},
            key=str(connection.pk),
            seller_id=connection.seller_id,
            priority=priority,
            title=words_of(connection),
            created_by_id=by.pk if by else None,
        )
    except QueueFull:
        return None


def words_of(connection: Connection) -> str:
    platform = PLATFORMS.get(connection.platform)
    return str(platform.words) if platform else connection.platform


def probe_all_later() -> int:
    """The daily look at every connection that is on; how many are on their way."""
    queued = [probe_later(one, by=None, priority=Priority.SYNC) for one in Connection.objects.on()]
    return sum(job is not None for job in queued)


def probe(connection: Connection) -> ChannelError | None:
    """Ask and keep what is found; the error that stands in the row as trouble now, None where none does.

    No transaction is open meanwhile. Credentials that were changed in the meantime are another's question: nothing
    is written.
    """
    if connection.platform not in PLATFORMS:
        fault = ChannelError("This version knows no marketplace of that name.", permanent=True)
        return fault if _keep_trouble(connection, fault, UNKNOWN_PLATFORM) else None
    secrets: Mapping[str, str] = {}
    try:
        secrets = credentials_of(connection)
        channel = open_channel(connection)
        found = _ask(channel, connection.platform)
    except ChannelError as error:
        error.sentence = without_secrets(error.sentence, _secret_values(connection, secrets))
        return error if _keep_trouble(connection, error, kind_of(error)) else None
    _keep(
        connection,
        access=_as_kept(found),
        name=found.seller_name[:200],
        expires_at=found.expires_at,
        trouble="",
        trouble_kind="",
    )
    return None


def _as_kept(found: Probe) -> dict[str, dict[str, str]]:
    """By channel, and of the products under CARDS."""
    told: dict[str, Access] = {str(kind): one for kind, one in found.access.items()}
    if found.cards is not None:
        told[CARDS] = found.cards
    return {name: {"state": str(one.state), "needs": one.needs[:200]} for name, one in told.items()}


def kind_of(error: ChannelError) -> str:
    return next((name for type_, name in KINDS if isinstance(error, type_)), OTHER)


def without_secrets(sentence: str, secrets: list[str]) -> str:
    """A marketplace may repeat in its error what it was sent."""
    for secret in sorted(secrets, key=len, reverse=True):
        sentence = sentence.replace(secret, "…")
    return sentence


def _ask(channel: Channel, platform: str) -> Probe:
    try:
        return channel.probe()
    except NotOpen as closed:
        state = AccessState.NEEDS_PLAN if closed.is_plan else AccessState.NEEDS_RIGHT
        kinds = [kind for kind in Kind if kind in channel.abilities]
        closed_to_us = Access(state, closed.needs)
        has_cards = PLATFORMS[platform].cards is not None
        return Probe(dict.fromkeys(kinds, closed_to_us), cards=closed_to_us if has_cards else None)


def _secret_values(connection: Connection, credentials: Mapping[str, str]) -> list[str]:
    secret = {one.name for one in PLATFORMS[connection.platform].credentials if one.is_secret}
    return [value for name, value in credentials.items() if name in secret and value]


def _keep_trouble(connection: Connection, error: ChannelError, kind: str) -> bool:
    return _keep(connection, trouble=error.sentence[:LONGEST_TROUBLE], trouble_kind=kind)


def _keep(connection: Connection, **found: Any) -> bool:
    """False: its credentials were changed meanwhile."""
    same = Connection.objects.filter(pk=connection.pk, credentials=connection.credentials)
    return bool(same.update(probed_at=clock.read(), **found))
