"""The pages of a refusal: what happened, what was kept, what to do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

from vitrina.rest.problems import Problem, is_api, plain

KINDS = {400: "unreadable", 403: "forbidden", 404: "not-found", 500: "broken"}


def _page(request: HttpRequest, status: int, heading: str, words: str) -> HttpResponse:
    if is_api(request):
        return plain(request, Problem(status, KINDS[status], words))
    user = getattr(request, "user", None)
    is_inside = user is not None and user.is_authenticated and not user.must_change_password
    context = {
        "layout": "console/base.html" if is_inside else "console/door.html",
        "heading": heading,
        "words": words,
        "code": status,
        "signed_in": user.get_username() if user is not None and is_inside and status == 403 else "",
    }
    return render(request, "console/failure.html", context | _onward(request), status=status)


def _onward(request: HttpRequest) -> dict[str, Any]:
    """The page before, if it is the studio's; and what a change of language or colours returns to: no sent form."""
    before = request.headers.get("Referer", "")
    is_ours = before.startswith(f"{request.scheme}://{request.get_host()}/")
    if not is_ours or (request.method == "GET" and before == request.build_absolute_uri()):
        before = ""
    return {"before": before, "stay": request.get_full_path() if request.method == "GET" else before or "/"}


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A host that isn't ours, too much in a form. Of the request nothing else is asked: it may be what is wrong."""
    if is_api(request):
        return plain(request, Problem(400, KINDS[400], _("The request can't be read. Nothing was done.")))
    return bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request, 403, _("Your role doesn't allow this"),
        _("Nothing was changed. An administrator of the seller can give you a role that may do it."),
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request, 404, _("There is nothing here"),
        _("The address may be old, or it belongs to a seller that you are not a member of."),
    )  # fmt: skip


def broken(request: HttpRequest) -> HttpResponse:
    """Without navigation: its queries may be what failed."""
    words = _(
        "What you sent was not saved, everything saved before is safe. The failure is in the log; try again."
    )
    if is_api(request):
        return plain(request, Problem(500, KINDS[500], words))
    if request.method == "GET":
        words = _(
            "The page could not be put together; everything saved is safe. The failure is in the log at the time above."
        )
    context = {
        "layout": "console/door.html",
        "heading": _("The studio stumbled"),
        "words": words,
        "code": 500,
        "at": timezone.now(),
        "again": request.get_full_path() if request.method == "GET" else "",
    }
    return render(request, "console/failure.html", context | _onward(request), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request, 403, _("This page was open too long"),
        _(
            "The form was not taken and nothing was changed: you signed in or out since the page was opened. Go back with the browser, what you typed still stands there; copy it, reload the page and send it again. If this comes again, allow the studio's cookies."
        ),
    )  # fmt: skip
