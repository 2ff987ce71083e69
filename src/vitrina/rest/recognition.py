"""Who asks: a program by its token, or a person by the session of the console's own pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from vitrina.accounts.models import ApiToken, User
from vitrina.accounts.tokens import recognise

HOW = 'Bearer realm="Vitrina"'


class ByToken(BaseAuthentication):
    """`Authorization: Bearer vt_…`. What else stands in that header is none of ours."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        token = token_of(request.headers.get("Authorization", ""))
        return (token.user, token) if token else None

    def authenticate_header(self, request: Request) -> str:
        return HOW


class BySession(SessionAuthentication):
    """The cookie of a person who signed in; whatever changes something also needs the page's CSRF token."""


def token_of(authorization: str) -> ApiToken | None:
    """The live token of a header; None where the header holds none. AuthenticationFailed for a dead or unknown one."""
    scheme, _space, secret = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return None
    token = recognise(secret.strip())
    if token is None:
        raise AuthenticationFailed(_("This token is unknown, revoked or expired."))
    return token


def recognised(request: HttpRequest | Request) -> tuple[Any, ApiToken | None]:
    """The person and, when a program asks in their name, its token; for doors that are no `Door`."""
    token = token_of(request.headers.get("Authorization", ""))
    return (token.user, token) if token else (request.user, None)
