"""Reading the environment: each helper fails loudly at start and names the variable.

A secret may come from a file: `NAME_FILE=/run/secrets/name` is read where `NAME` is not set.
"""

from __future__ import annotations

import ipaddress
import json
import os
import tempfile
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def secret(name: str) -> str | None:
    value = text(name)
    if value:
        return value
    path = text(f"{name}_FILE")
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE={path} can't be read: {error.strerror}") from error


def flag(name: str, default: bool) -> bool:
    value = text(name, str(default)).lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no; use 1 or 0.")


def integer(name: str, default: int, *, least: int | None = None) -> int:
    value = text(name) or str(default)
    try:
        number = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from error
    if least is not None and number < least:
        raise ImproperlyConfigured(f"{name}={number} is too small; the least is {least}.")
    return number


def decimal(name: str) -> Decimal | None:
    """A number such as an amount of money; None where it is not set."""
    value = text(name)
    if not value:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ImproperlyConfigured(f"{name}={value!r} is not a number.") from error
    if not number.is_finite() or number < 0:
        raise ImproperlyConfigured(f"{name}={value!r} must be a number from 0 up.")
    return number


def mapping(name: str) -> dict[str, Any]:
    """A JSON object; empty where it is not set."""
    value = text(name)
    if not value:
        return {}
    try:
        found = json.loads(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise ImproperlyConfigured(f"{name} is not a JSON object.")
    return found


def number(name: str, default: float, *, least: float) -> float:
    value = text(name) or str(default)
    try:
        found = float(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r} is not a number.") from error
    if not least <= found < float("inf"):
        raise ImproperlyConfigured(f"{name}={value} is out of range; the least is {least:g}.")
    return found


def numbers(name: str, default: str) -> tuple[float, ...]:
    """Numbers from 0 up, split by commas."""
    found = []
    for word in words(name, default):
        try:
            one = float(word)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {word!r} is not a number.") from error
        if not 0 <= one < float("inf"):
            raise ImproperlyConfigured(f"{name}: {word!r} must be a number from 0 up.")
        found.append(one)
    return tuple(found)


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def decimals(name: str) -> dict[str, Decimal]:
    """`NAME="KZT=0.16,USD=80"` as {"KZT": Decimal("0.16"), …}; every value above zero."""
    pairs = {}
    for word in words(name):
        key, _, value = word.partition("=")
        try:
            number = Decimal(value.strip())
        except InvalidOperation:
            number = Decimal(0)
        if not number.is_finite() or number <= 0:
            raise ImproperlyConfigured(f"{name}: {word!r} is not NAME=NUMBER with a number above zero.")
        pairs[key.strip().upper()] = number
    return pairs


def networks(name: str) -> list[str]:
    """Networks as "10.1.2.0/24" or single addresses, split by commas."""
    given = words(name)
    for one in given:
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {one!r} is no network; write it as 10.1.2.0/24.") from error
    return given


def ports(name: str) -> list[int]:
    given = words(name)
    for one in given:
        if not one.isdecimal() or not 0 < int(one) < 65_536:
            raise ImproperlyConfigured(f"{name}: {one!r} is no port; the ports go from 1 to 65535.")
    return [int(one) for one in given]


def database(url: str, *, sqlite_path: Path) -> dict[str, object]:
    """A Django database entry from `postgresql://user:password@host:port/name?option=value`.

    Empty: the embedded SQLite of DESIGN §5. A power cut loses no acknowledged commit with
    `synchronous=FULL`; with `IMMEDIATE` a writer queues at BEGIN instead of failing half-way. As much of the file is
    mapped as SQLite maps at most: what a connection keeps for itself is stale as soon as another one writes.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(sqlite_path),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-20000; PRAGMA mmap_size=2147418112;"
                    "PRAGMA journal_size_limit=67108864;"
                ),
            },
            # A file, not memory: tests run threads and worker processes on the same database.
            "TEST": {"NAME": str(Path(tempfile.gettempdir()) / f"vitrina-test-{os.getpid()}.sqlite3")},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL begins with {parts.scheme}://; use postgresql:// or leave it empty for SQLite."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **dict(parse_qsl(parts.query))},
    }
