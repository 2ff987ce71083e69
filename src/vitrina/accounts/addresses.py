"""Where a request comes from, and the block of addresses that one household or office holds."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """The sender's address; None where the server doesn't know it (a socket file).

    Behind a proxy it is the last one in X-Forwarded-For: what our own proxy wrote. Those before it the sender
    may have made up.
    """
    said = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        said = request.headers.get("X-Forwarded-For", said).rpartition(",")[2]
    try:
        return str(ipaddress.ip_address(said.strip()))
    except ValueError:
        return None


def block_of(address: str) -> str:
    """What is counted as one sender: an IPv4 address, or the /64 that IPv6 gives to a household."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
