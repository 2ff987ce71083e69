"""Setting a provider: its key, its address, its limits. Keys go in and never come out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.engine.core.providers import CUSTOM, PROVIDERS
from vitrina.engine.models import ProviderSetting
from vitrina.engine.overrides import keeper
from vitrina.lib.sealing import ending

MOST_KEY = 4096
NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
LIMITS = ("requests_per_minute", "tokens_per_minute", "calls_at_once")


class Refused(ValueError):
    """What an operator wished for can't be; `field` is what to mend, the words are for the page."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True)
class Wish:
    """What the form says. `key` empty: the one that is there stays."""

    base_url: str = ""
    key: str = ""
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    calls_at_once: int | None = None


def known_names() -> set[str]:
    names = {provider.name for provider in PROVIDERS} | set(settings.AI_PROVIDERS)
    return names | {CUSTOM} | set(ProviderSetting.objects.values_list("name", flat=True))


def is_house(name: str) -> bool:
    """Whether the provider stays where its row goes."""
    return (
        name in {provider.name for provider in PROVIDERS} or name in settings.AI_PROVIDERS or name == CUSTOM
    )


def environment_key(name: str) -> bool:
    return bool(settings.PROVIDER_KEYS.get(name))


def set_provider(name: str, wish: Wish, *, by: User) -> ProviderSetting:
    """Write the wish. A new address drops the key that went with the old one, unless a new key comes along:
    a key is never sent where the person who gave it didn't send it. Raises Refused."""
    if not NAME.fullmatch(name):
        raise Refused(
            "name", _("Use small Latin letters, digits and hyphens, 2 to 40 of them, a letter first.")
        )
    base_url, key = checked_address(wish.base_url), wish.key.strip()
    if key and (len(key) > MOST_KEY or not key.isascii() or not key.isprintable() or " " in key):
        raise Refused(
            "key",
            _(
                "This doesn't look like a key: it has spaces, line breaks or letters outside ASCII, or is too long."
            ),
        )
    if not base_url and not is_house(name):
        raise Refused("base_url", _("A server of your own needs its address."))
    with transaction.atomic():
        row = ProviderSetting.objects.select_for_update().filter(name=name).first() or ProviderSetting(
            name=name
        )
        before = told(row) if row.pk else None
        if base_url != row.base_url and not key:
            row.sealed_key = row.key_ending = ""
        row.base_url = base_url
        if key:
            row.sealed_key, row.key_ending = keeper().seal(key, about=name), ending(key)
        for limit in LIMITS:
            setattr(row, limit, getattr(wish, limit))
        row.changed_by = by
        row.save()
        if told(row) != before or key:
            audit.record(
                "provider.set",
                row,
                by=by,
                before=before,
                after=told(row) | ({"key_replaced": True} if key else {}),
            )
    return row


def remove_key(row: ProviderSetting, *, by: User) -> None:
    with transaction.atomic():
        before = told(row)
        row.sealed_key = row.key_ending = ""
        row.changed_by = by
        row.save(update_fields=["sealed_key", "key_ending", "changed_by", "changed_at"])
        audit.record("provider.remove_key", row, by=by, before=before, after=told(row))


def forget(row: ProviderSetting, *, by: User) -> None:
    """Back to what the house and the environment say; a server of one's own is gone."""
    with transaction.atomic():
        audit.record("provider.forget", row, by=by, before=told(row))
        row.delete()


def told(row: ProviderSetting) -> dict[str, Any]:
    """The row for the audit log: of the key only its ending."""
    return {
        "base_url": row.base_url,
        "key": f"…{row.key_ending}" if row.sealed_key else "",
        **{limit: getattr(row, limit) for limit in LIMITS},
    }


def checked_address(url: str) -> str:
    """An http(s) address without a slash at its end; empty stays empty. Raises Refused.

    Hosts of the internal network are allowed: an administrator names them on purpose, and a model at home is the
    usual case. Redirects are never followed, so that the named server can't lead elsewhere.
    """
    url = url.strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if (
        parts.scheme not in ("http", "https")
        or not host
        or not url.isprintable()
        or " " in url
        or len(url) > 500
    ):
        raise Refused("base_url", _("This is not an http(s) address. Example: http://127.0.0.1:8080/v1"))
    if parts.username or parts.password or "@" in parts.netloc:
        raise Refused(
            "base_url", _("Put no name or password into the address; the key has a field of its own.")
        )
    if parts.query or parts.fragment:
        raise Refused(
            "base_url", _("The address ends with its path, such as /v1: leave out what follows ? or #.")
        )
    return url.rstrip("/")
