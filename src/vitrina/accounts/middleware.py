"""Nobody passes without signing in, unless the view says `@login_not_required`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from vitrina.accounts import proving, sessions, two_factor
from vitrina.accounts.proving import PasswordNeeded

OPEN_BEFORE_A_NEW_PASSWORD = {"password", "logout", "language", "theme"}
OPEN_WITHOUT_A_SECOND_FACTOR = {*OPEN_BEFORE_A_NEW_PASSWORD, "confirmation", "settings_security_two_factor"}


class SignedInMiddleware(LoginRequiredMiddleware):
    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is not None or not getattr(view_func, "login_required", True):
            return refusal
        if not request.user.is_authenticated:
            return None
        sessions.note_if_due(request, request.user)
        route = request.resolver_match.url_name if request.resolver_match else ""
        if request.user.must_change_password and route not in OPEN_BEFORE_A_NEW_PASSWORD:
            return redirect("password")
        if route not in OPEN_WITHOUT_A_SECOND_FACTOR and two_factor.is_owed(request.user):
            return redirect("settings_security_two_factor")
        # Django's admin changes people and keys, too, and asks for no password of its own.
        if (
            request.method == "POST"
            and request.path_info.startswith(reverse("admin:index"))
            and not proving.is_fresh(request)
        ):
            return self.process_exception(request, PasswordNeeded())
        if route == "today" and request.user.welcome and not request.headers.get("HX-Request"):
            return redirect("welcome")
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Ask for the password anew and come back. What was sent by POST is not kept: it is said, not lost in silence."""
        if not isinstance(exception, PasswordNeeded):
            return None
        here = request.get_full_path()
        if request.method != "GET":
            here = _page_before(request)
            messages.warning(
                request, _("Nothing was changed yet: confirm your password, then send it again.")
            )
        return _go(request, f"{reverse('confirmation')}?{urlencode({'next': here})}")

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:  # type: ignore[override]
        # A fragment must not be replaced by the sign-in page: htmx is told to go there as a whole.
        if request.headers.get("HX-Request"):
            here = HtmxDetails(request).current_url_abs_path or "/"
            return _go(request, f"{reverse('login')}?{urlencode({'next': here})}")
        return super().handle_no_permission(request, view_func)


def _page_before(request: HttpRequest) -> str:
    said = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}):
        return reverse("settings")
    parts = urlsplit(said)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _go(request: HttpRequest, address: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect(address)
    response = HttpResponse(status=401)
    response["HX-Redirect"] = address
    return response
