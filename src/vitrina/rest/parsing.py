"""What a body may be: strict JSON within a bound; files by multipart where an operation takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from vitrina.lib import strict_json
from vitrina.rest.problems import Problem

MULTIPART = "multipart/form-data"


class StrictJson(BaseParser):
    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        most = settings.API_MOST_BODY_BYTES
        data = stream.read(most + 1)
        if len(data) > most:
            raise too_big(most)
        try:
            return strict_json.loads(data, max_bytes=most)
        except strict_json.BadJson as error:
            raise ParseError(str(error)) from error


class OneFormat(BaseContentNegotiation):
    """There is one format; what a program accepts besides is its own affair."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


def check_size(request: Request) -> None:
    """Refuse by the announced length, before anything is read. A body without one is not read at all."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        raise Problem(411, "unreadable", _("Send the length of the body (Content-Length)."))
    is_form = (request.content_type or "").startswith(MULTIPART)
    most = settings.API_MOST_UPLOAD_BYTES if is_form else settings.API_MOST_BODY_BYTES
    if length.isdigit() and int(length) > most:
        raise too_big(most, int(length))


def too_big(most: int, value: int | None = None) -> Problem:
    return Problem(
        413,
        "too-big",
        _("The limit for this body is %(most)s bytes. Nothing was kept.") % {"most": most},
        more={"limit": most} | ({} if value is None else {"value": value}),
    )
