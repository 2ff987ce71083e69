"""The description of the API, for programs and for people."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from rest_framework.exceptions import MethodNotAllowed

from vitrina.rest.problems import KINDS, Problem, plain
from vitrina.rest.readable import groups


@csrf_exempt  # so that another method is told what is wrong with it
@login_not_required
def description(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1. Open to everybody: it tells nothing about anybody's data, and tools read it before they sign in."""
    if request.method not in ("GET", "HEAD"):
        words = str(MethodNotAllowed(request.method or "").detail)
        refusal = plain(request, Problem(405, "method", words))
        refusal["Allow"] = "GET, HEAD"
        return refusal
    response = JsonResponse(
        described_in(get_language() or "en"), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Cache-Control"] = "public, max-age=300"
    response["Vary"] = "Accept-Language"
    return response


@cache
def described_in(language: str) -> dict[str, Any]:
    """Made once per process and language, whichever language is the active one."""
    with override(language):
        schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The same description for people: from the schema, without a script or a style of others."""
    context = {
        "groups": groups(described_in(get_language() or "en")),
        "problems": KINDS.items(),
        "base": request.build_absolute_uri("/").rstrip("/"),
        "token_rate": settings.API_TOKEN_RATE,
        "person_rate": settings.API_PERSON_RATE,
    }
    return render(request, "rest/docs.html", context)
