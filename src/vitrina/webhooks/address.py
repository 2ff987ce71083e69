"""Whether an address may be told anything, as far as its text says. Asks no name server: the sender does."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from vitrina.lib.guard import FetchRefused, Guard, literal_address
from vitrina.webhooks.models import LONGEST_URL


def guard() -> Guard:
    """Public addresses, and those internal ones that the operator named."""
    return Guard.allowing(settings.FETCH_ALLOWED_NETWORKS, settings.FETCH_ALLOWED_PORTS)


def trouble_with(url: str) -> str:
    """Why nothing can be sent there, in words; empty where it can."""
    if len(url) > LONGEST_URL:
        return _("The address has %(length)d characters, the limit is %(limit)d.") % {
            "length": len(url), "limit": LONGEST_URL,
        }  # fmt: skip
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _("This is not an address. It looks like https://shop.example/hooks.")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return _("The address begins with https:// or http:// and the name of a host.")
    if parts.username is not None or parts.password is not None:
        return _("Leave the name and password out: the signature proves who sends.")
    rules = guard()
    if port is not None and port not in rules.ports | rules.allowed_ports:
        return _("Port %(port)d is closed. Open are %(ports)s; the operator can allow others.") % {
            "port": port, "ports": ", ".join(map(str, sorted(rules.ports | rules.allowed_ports))),
        }  # fmt: skip
    try:
        target = rules.target(url)
    except FetchRefused:
        return _("This is not an address. It looks like https://shop.example/hooks.")
    literal = literal_address(target.host)
    if literal is not None:
        try:
            rules.check(target, [literal])
        except FetchRefused:
            return _(
                "This address is inside a private network. Nothing is sent there unless the operator allows it "
                "(VITRINA_FETCH_ALLOWED_NETWORKS)."
            )
    return ""
