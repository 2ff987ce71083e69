"""The header that says who asks."""

from __future__ import annotations

from vitrina.imagery.ports import Outcome, ServiceFault
from vitrina.lib.sentences import gettext_noop

BAD_KEY = gettext_noop(
    "The key of %(service)s is empty or has characters that no key has. Set it anew in %(setting)s."
)


def bearer(service: str, setting: str, key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {checked(service, setting, key)}"}


def checked(service: str, setting: str, key: str) -> str:
    """The key, where it can stand in a header. `service`: its title, `setting`: the key's environment name."""
    key = key.strip()
    if not (key and key.isascii() and key.isprintable()):
        values = {"service": service, "setting": setting}
        raise ServiceFault(Outcome.FALLBACK, BAD_KEY, values=values, code="bad_key")
    return key
