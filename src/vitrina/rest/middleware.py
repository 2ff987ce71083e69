"""A program that nobody recognised gets words in JSON, never the sign-in page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import NotAuthenticated

from vitrina.accounts import middleware
from vitrina.rest.problems import is_api, plain, problem_of


class SignedInMiddleware(middleware.SignedInMiddleware):
    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:  # type: ignore[override]
        problem = problem_of(NotAuthenticated()) if is_api(request) else None
        return plain(request, problem) if problem else super().handle_no_permission(request, view_func)
