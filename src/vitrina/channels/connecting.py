"""What a person does with a connection: connect, give new credentials, switch on and off, disconnect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.opening import sealed
from vitrina.channels.platforms import Platform
from vitrina.channels.probing import probe_later
from vitrina.lib.sealing import ending

SCHEME = "Bearer "
LONGEST = 4096  # characters of one credential; a key of Wildberries has some hundred
# What the last probe told, before there was one.
UNKNOWN: dict[str, Any] = {
    "access": {}, "name": "", "expires_at": None, "probed_at": None, "trouble": "", "trouble_kind": "",
}  # fmt: skip


class CredentialsWrong(Exception):
    """What was given can't be credentials; `errors`: the credential's name and what to mend. Nothing was changed."""

    permanent = True

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class ConnectedAlready(Exception):
    """The seller has a connection to this marketplace; new credentials for it are what is meant."""

    permanent = True

    def __init__(self, connection: Connection) -> None:
        super().__init__(
            _("This seller is connected to this marketplace already. Give new credentials there.")
        )
        self.connection = connection


def connect(seller: Seller, platform: Platform, given: Mapping[str, str], *, by: User | None) -> Connection:
    """The connection, switched on, its first probe on its way. Raises CredentialsWrong and ConnectedAlready."""
    credentials = checked(platform, given)
    with transaction.atomic():
        # The seller's row is the lock: of two windows the second finds the connection of the first.
        Seller.objects.select_for_update(no_key=True).only("pk").get(pk=seller.pk)
        connection = Connection.objects.filter(seller=seller, platform=platform.name).first()
        if connection is None:
            connection = Connection.objects.create(seller=seller, platform=platform.name, created_by=by)
        elif connection.credentials:
            raise ConnectedAlready(connection)
        connection.is_on, connection.created_by = True, by
        _put(connection, platform, credentials)
        audit.record("connection.connect", connection, by=by, after=_told(connection))
        probe_later(connection, by=by)
    return connection


def change_credentials(connection: Connection, given: Mapping[str, str], *, by: User | None) -> None:
    """The new ones take the place of all that were there, and are looked at. Raises CredentialsWrong, and KeyError
    for a platform that nobody knows."""
    platform = PLATFORMS[connection.platform]
    credentials = checked(platform, given)
    before = _told(connection)
    with transaction.atomic():
        _put(connection, platform, credentials)
        audit.record("connection.credentials", connection, by=by, before=before, after=_told(connection))
        if connection.is_on:
            probe_later(connection, by=by)


def switch_on(connection: Connection, *, by: User | None) -> bool:
    """It is read and answered through again. False: it was on already."""
    with transaction.atomic():
        on = Connection.objects.connected().filter(pk=connection.pk, is_on=False).update(is_on=True)
        if on:
            audit.record("connection.switch_on", connection, by=by, after={"on": True})
            probe_later(connection, by=by)
    return bool(on)


def switch_off(connection: Connection, *, by: User | None) -> bool:
    """Nothing is asked of the marketplace any more; what is known stays. False: it was off already."""
    with transaction.atomic():
        off = Connection.objects.on().filter(pk=connection.pk).update(is_on=False)
        if off:
            audit.record("connection.switch_off", connection, by=by, before={"on": True}, after={"on": False})
    return bool(off)


def disconnect(connection: Connection, *, by: User | None) -> bool:
    """The credentials are gone, and what the probes found. False: they were gone already."""
    with transaction.atomic():
        gone = (
            Connection.objects.connected()
            .filter(pk=connection.pk)
            .update(credentials="", shown={}, is_on=False, url="", **UNKNOWN)
        )
        if gone:
            audit.record("connection.disconnect", connection, by=by, before=_told(connection))
    return bool(gone)


def checked(platform: Platform, given: Mapping[str, str]) -> dict[str, str]:
    """Each credential of the platform, trimmed. They go into headers: visible ASCII without spaces. Raises
    CredentialsWrong."""
    credentials = {one.name: given.get(one.name, "").strip() for one in platform.credentials}
    errors = {}
    for one in platform.credentials:
        value = credentials[one.name]
        if not value and one.is_optional:
            continue
        if words := _wrong_with(value.removeprefix(SCHEME) if one.may_have_scheme else value):
            errors[one.name] = words
    if errors:
        raise CredentialsWrong(errors)
    return credentials


def _wrong_with(value: str) -> str:
    if not value:
        return _("Give this too: without it the marketplace answers nothing.")
    if len(value) > LONGEST:
        return _("This is %(value)d characters long, the limit is %(limit)d.") % {
            "value": len(value),
            "limit": LONGEST,
        }
    if not value.isascii() or not value.isprintable() or " " in value:
        return _("This has spaces, line breaks or letters outside ASCII. Copy it anew from the cabinet.")
    return ""


def _put(connection: Connection, platform: Platform, credentials: Mapping[str, str]) -> None:
    connection.credentials = sealed(connection, dict(credentials))
    connection.shown = {
        one.name: f"…{ending(credentials[one.name])}" if one.is_secret else credentials[one.name][:200]
        for one in platform.credentials
        if credentials[one.name]
    }
    # What a person gives is for the marketplace itself, whatever this connection spoke with before.
    connection.url = ""
    for name, value in UNKNOWN.items():
        setattr(connection, name, value)
    connection.save(update_fields=["credentials", "shown", "is_on", "created_by", "url", *UNKNOWN])


def _told(connection: Connection) -> dict[str, Any]:
    """For the audit log: of secrets only their endings."""
    return {"platform": connection.platform, "credentials": dict(connection.shown)}
