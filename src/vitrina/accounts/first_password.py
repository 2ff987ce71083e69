"""The first administrator's one-time password, kept in a file of the data directory until it was used.

So a start whose output nobody saw (a container, a service) still lets its owner in.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def path() -> Path:
    return Path(settings.DATA_DIR) / "first-sign-in.txt"


def keep(password: str) -> None:
    place = path()
    place.touch(mode=0o600)
    place.chmod(0o600)
    place.write_text(password + "\n", encoding="utf-8")


def kept() -> str | None:
    try:
        return path().read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def forget() -> None:
    path().unlink(missing_ok=True)
