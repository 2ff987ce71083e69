"""Doors: sign in and out, a new password, language and colours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest
from vitrina.accounts.forms import SignInForm
from vitrina.accounts.models import User
from vitrina.accounts.signing_in import Refusal, sign_in

YEAR = int(timedelta(days=365).total_seconds())
THEMES = ("system", "light", "dark")


@never_cache
@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login_page(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        person = sign_in(request, form.cleaned_data["name"], form.cleaned_data["password"])
        if isinstance(person, User):
            login(request, person)
            response = redirect(_next(request))
            if person.language:
                _keep(response, settings.LANGUAGE_COOKIE_NAME, person.language)
            return response
        form.add_error(None, _words_of(person))
        status = 429 if person.opens_at else 401
    return render(
        request, "accounts/login.html", {"form": form, "next": request.GET.get("next", "")}, status=status
    )


def _words_of(refusal: Refusal) -> str:
    if refusal.opens_at is None:
        return _("The name or the password is wrong.")
    seconds = max(1, int((refusal.opens_at - timezone.now()).total_seconds()) + 1)
    return ngettext(
        "Too many wrong tries for this name. Try again in %(count)s second.",
        "Too many wrong tries for this name. Try again in %(count)s seconds.",
        seconds,
    ) % {"count": seconds}


@login_not_required
@require_POST
def logout_door(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("login")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_page(request: PersonRequest) -> HttpResponse:
    person = request.user
    form: SetPasswordForm[User] = SetPasswordForm(person, request.POST or None)
    for field in form.fields.values():
        field.widget.attrs["class"] = "input"
    if request.method == "POST" and form.is_valid():
        form.save()
        User.objects.filter(pk=person.pk).update(must_change_password=False)
        audit.record("account.password", person, by=person)
        update_session_auth_hash(request, person)
        messages.success(request, _("The new password is in force."))
        return redirect("today")
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_POST
def language_door(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(_next(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=language)
    return response


@login_not_required
@require_POST
def theme_door(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(_next(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        _keep(response, "theme", theme)
    return response


def _next(request: HttpRequest) -> str:
    """Where to go on: an address of this studio, never one of another host."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _keep(response: HttpResponse, name: str, value: str) -> None:
    options: dict[str, Any] = {"max_age": YEAR, "httponly": True, "samesite": "Lax", "secure": settings.HTTPS}
    response.set_cookie(name, value, **options)
