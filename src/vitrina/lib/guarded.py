"""Through whom feeds, pages and pictures of others are fetched: the guard with what the operator allows."""

from __future__ import annotations

from django.conf import settings

from vitrina.lib.fetch import Fetcher
from vitrina.lib.guard import Guard


def guard() -> Guard:
    """Public addresses, and those internal ones that the operator named."""
    return Guard.allowing(settings.FETCH_ALLOWED_NETWORKS, settings.FETCH_ALLOWED_PORTS)


def fetcher() -> Fetcher:
    """Holds no connection; may be shared."""
    return Fetcher(guard())
