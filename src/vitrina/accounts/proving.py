"""Before dangerous things the password is asked for anew: whoever finds a browser open can't take the shop."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

PROVED_AT = "proved_at"
FRESH_FOR = timedelta(minutes=15)


class PasswordNeeded(Exception):
    """Raised by a page; SignedInMiddleware leads to the page that asks, and back."""


def prove(request: HttpRequest) -> None:
    request.session[PROVED_AT] = timezone.now().timestamp()


def is_fresh(request: HttpRequest) -> bool:
    proved = request.session.get(PROVED_AT)
    return proved is not None and timezone.now().timestamp() - proved <= FRESH_FOR.total_seconds()


def require_fresh_password(request: HttpRequest) -> None:
    """Raises PasswordNeeded when the password was given longer ago than 15 minutes. Ask for the right first."""
    if not is_fresh(request):
        raise PasswordNeeded
