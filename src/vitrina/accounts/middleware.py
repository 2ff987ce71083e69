"""Nobody passes without signing in, unless the view says `@login_not_required`."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.middleware import HtmxDetails

OPEN_BEFORE_A_NEW_PASSWORD = {"password", "logout", "language", "theme"}


class SignedInMiddleware(LoginRequiredMiddleware):
    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is not None or not getattr(view_func, "login_required", True):
            return refusal
        route = request.resolver_match.url_name if request.resolver_match else ""
        if (
            request.user.is_authenticated
            and request.user.must_change_password
            and route not in OPEN_BEFORE_A_NEW_PASSWORD
        ):
            return redirect("password")
        return None

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:  # type: ignore[override]
        # A fragment must not be replaced by the sign-in page: htmx is told to go there as a whole.
        if request.headers.get("HX-Request"):
            here = HtmxDetails(request).current_url_abs_path or "/"
            response = HttpResponse(status=401)
            response["HX-Redirect"] = f"{reverse('login')}?{urlencode({'next': here})}"
            return response
        return super().handle_no_permission(request, view_func)
