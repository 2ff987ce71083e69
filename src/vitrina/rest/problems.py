"""Refusals as `application/problem+json` (RFC 9457): what happened, what was kept, when it lifts.

A room says how its own exceptions read: `told_as(QueueFull, queue_full)`; this floor knows none of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"

# The kinds that a program may tell apart, with their titles; /api/docs lists them.
KINDS: dict[str, Any] = {
    "unreadable": gettext_lazy("The request can't be read"),
    "unrecognised": gettext_lazy("Nobody was recognised"),
    "forbidden": gettext_lazy("This may not be done"),
    "scope": gettext_lazy("The token lacks a scope"),
    "not-found": gettext_lazy("There is nothing here"),
    "method": gettext_lazy("This address doesn't know the method"),
    "conflict": gettext_lazy("It doesn't fit the present state"),
    "under-way": gettext_lazy("The same request is under way"),
    "too-big": gettext_lazy("The body is too big"),
    "media-type": gettext_lazy("This kind of body isn't read here"),
    "invalid": gettext_lazy("Some fields don't fit"),
    "key-reused": gettext_lazy("The idempotency key belongs to another request"),
    "limit": gettext_lazy("A limit is reached"),
    "not-built": gettext_lazy("This isn't built yet"),
    "broken": gettext_lazy("The studio stumbled"),
}


class Problem(exceptions.APIException):
    """A refusal in words. `errors`: {field: [sentences]}; `more`: members of this kind alone, as limit and value."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        errors: Mapping[str, list[str]] | None = None,
        retry_after: float | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.status_code = status
        self.kind = kind
        self.words = detail
        self.errors = dict(errors) if errors else None
        self.retry_after = None if retry_after is None else max(1, math.ceil(retry_after))
        self.more = dict(more or {})
        super().__init__(detail)

    def body(self, instance: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": f"/api/docs#problem-{self.kind}",
            "title": str(KINDS[self.kind]),
            "status": self.status_code,
            "detail": self.words,
            "instance": instance,
        }
        if self.errors is not None:
            body["errors"] = self.errors
        if self.retry_after is not None:
            body["retry_after"] = self.retry_after
        return body | self.more


Telling = Callable[[Any], Problem]
_told: dict[type[Exception], Telling] = {}


def told_as(kind: type[Exception], telling: Telling) -> None:
    """Say how an exception of a room reads to a program. The nearest class of its ancestry wins."""
    _told[kind] = telling


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception; None for one that nobody foresaw: that is a fault, and goes to the log as one."""
    problem = problem_of(error)
    if problem is None:
        return None
    request = context["request"]
    response = Response(
        problem.body(request.get_full_path()), status=problem.status_code, content_type=CONTENT_TYPE
    )
    if problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    challenge = getattr(error, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    return response


def problem_of(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    for ancestor in type(error).__mro__:
        if ancestor in _told:
            return _told[ancestor](error)
    return _of_the_framework(error)


def _of_the_framework(error: Exception) -> Problem | None:
    if isinstance(error, exceptions.ValidationError):
        return Problem(
            422,
            "invalid",
            _("Nothing was done. Mend the fields named under «errors» and send it again."),
            errors=flat(error.detail),
        )
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        words = (
            str(error.detail)
            if isinstance(error, exceptions.AuthenticationFailed)
            else _("Send a token: «Authorization: Bearer vt_…».")
        )
        return Problem(error.status_code, "unrecognised", words)
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        said = str(error.detail) if isinstance(error, exceptions.PermissionDenied) else ""
        return Problem(403, "forbidden", said or _("Your role doesn't allow this. Nothing was changed."))
    if isinstance(error, Http404 | exceptions.NotFound):
        return Problem(
            404,
            "not-found",
            _("There is no such thing, or it belongs to a seller that you are not a member of."),
        )
    if isinstance(error, exceptions.MethodNotAllowed):
        return Problem(405, "method", str(error.detail))
    if isinstance(error, exceptions.UnsupportedMediaType):
        return Problem(415, "media-type", str(error.detail))
    if isinstance(error, exceptions.ParseError | SuspiciousOperation):
        return Problem(
            400, "unreadable", str(error.detail if isinstance(error, exceptions.ParseError) else error)
        )
    return None


def flat(detail: Any, path: str = "") -> dict[str, list[str]]:
    """DRF's nested errors as {"options.language": ["…"]}; what belongs to no field stands under ""."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            here = "" if name == "non_field_errors" else str(name)
            found |= flat(inner, ".".join(filter(None, (path, here))))
        return found
    if isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        found = {}
        for number, inner in enumerate(detail):
            if inner:
                found |= flat(inner, ".".join(filter(None, (path, str(number)))))
        return found
    sentences = detail if isinstance(detail, list) else [detail]
    return {path: [str(sentence) for sentence in sentences]}


def plain(request: HttpRequest, problem: Problem) -> JsonResponse:
    """A problem from outside of any door: a route that doesn't exist, a fault."""
    response = JsonResponse(
        problem.body(request.get_full_path()),
        status=problem.status_code,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    if problem.status_code == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Vitrina"'
    return response


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/v")
