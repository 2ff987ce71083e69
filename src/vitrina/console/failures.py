"""The pages of a refusal: what happened, what was kept, what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

from vitrina.rest.problems import Problem, is_api, plain

KINDS = {400: "unreadable", 403: "forbidden", 404: "not-found", 500: "broken"}


def _page(request: HttpRequest, status: int, heading: str, words: str) -> HttpResponse:
    if is_api(request):
        return plain(request, Problem(status, KINDS[status], words))
    return render(
        request, "console/failure.html", {"heading": heading, "words": words, "code": status}, status=status
    )


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
    return render(
        request,
        "console/broken.html",
        {
            "heading": _("The studio stumbled"),
            "words": words,
            "code": 500,
        },
        status=500,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request, 403, _("This page was open too long"),
        _("The form could not be checked, so nothing was changed. Go back, reload the page and send it again."),
    )  # fmt: skip
