"""Doors: sign in and out, the first password, the password once more, language and colours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vitrina.accounts import first_admin, proving, sessions, two_factor
from vitrina.accounts.doors import PersonRequest
from vitrina.accounts.forms import CodeForm, ConfirmationForm, SignInForm
from vitrina.accounts.models import User
from vitrina.accounts.passwords import change_password
from vitrina.accounts.signing_in import check_password, enter, wait_for_code, who_waits
from vitrina.accounts.tries import Refusal, Whose, waiting_words

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
        person = check_password(request, form.cleaned_data["name"], form.cleaned_data["password"])
        if isinstance(person, User):
            if not two_factor.is_on(person):
                enter(request, person)
                return _entered(request, person)
            wait_for_code(request, person)
            return redirect(f"{reverse('login_code')}?{urlencode({'next': _next(request)})}")
        form.add_error(None, _words_of(person))
        status = 429 if person.opens_at else 401
    context = {
        "form": form,
        "next": request.GET.get("next", ""),
        "first_admin": first_admin.waits(),
        "nobody": first_admin.nobody_runs_it(),
    }
    return render(request, "accounts/login.html", context, status=status)


@never_cache
@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def login_code_page(request: HttpRequest) -> HttpResponse:
    """The second step: the code of the app, or a recovery code."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    person = who_waits(request)
    if person is None:
        if request.method == "POST":
            messages.warning(request, _("That took longer than ten minutes. Sign in anew."))
        return redirect(f"{reverse('login')}?{urlencode({'next': _next(request)})}")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        how = two_factor.check(person, form.cleaned_data["code"])
        if isinstance(how, str):
            enter(request, person, second_factor=how)
            if how == "recovery":
                _say_codes_left(request, person)
            return _entered(request, person)
        form.add_error("code", _words_of(how))
        status = 429 if how.opens_at else 401
    return render(request, "accounts/login_code.html", {"form": form, "next": _next(request)}, status=status)


def _entered(request: HttpRequest, person: User) -> HttpResponse:
    response = redirect(_next(request))
    keep_choices(response, language=person.language, theme=person.theme)
    return response


def _say_codes_left(request: HttpRequest, person: User) -> None:
    left = two_factor.codes_left(person)
    words = ngettext(
        "You came in with a recovery code; %(count)s is left. New ones are made under Settings, Security.",
        "You came in with a recovery code; %(count)s are left. New ones are made under Settings, Security.",
        left,
    )
    messages.warning(request, words % {"count": left})


def _words_of(refusal: Refusal) -> str:
    if refusal.opens_at is not None:
        return waiting_words(refusal)
    if refusal.whose is Whose.CODE:
        return _("This code is wrong, or it was used already. Wait for the next one.")
    return _("The name or the password is wrong.")


@login_not_required
@require_POST
def logout_door(request: HttpRequest) -> HttpResponse:
    sessions.forget(request.session.session_key)
    logout(request)
    return redirect("login")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def confirmation_page(request: PersonRequest) -> HttpResponse:
    """The password once more, before something dangerous."""
    form = ConfirmationForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        person = check_password(request, request.user.username, form.cleaned_data["password"])
        if isinstance(person, User):
            proving.prove(request)
            return redirect(_next(request))
        form.add_error("password", waiting_words(person) if person.opens_at else _("The password is wrong."))
        status = 429 if person.opens_at else 401
    return render(
        request, "accounts/confirmation.html", {"form": form, "next": _next(request)}, status=status
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_page(request: PersonRequest) -> HttpResponse:
    """The first password of one's own, after one that was given. Later it is changed under Security."""
    person = request.user
    if not person.must_change_password:
        return redirect("settings_security")
    form: SetPasswordForm[User] = SetPasswordForm(person, request.POST or None)
    for field in form.fields.values():
        field.widget.attrs["class"] = "input"
        field.help_text = ""
    form.fields["new_password1"].help_text = _(
        "At least ten characters; a few words that only you put together are best."
    )
    if request.method == "POST" and form.is_valid():
        change_password(request, person, form.cleaned_data["new_password1"])
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
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(theme="" if theme == "system" else theme)
    return response


def _next(request: HttpRequest) -> str:
    """Where to go on: an address of this studio, never one of another host."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def keep_choices(response: HttpResponse, *, language: str, theme: str) -> None:
    """A person's language and colours, for this browser."""
    if language:
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    if theme:
        _keep(response, "theme", theme)


def _keep(response: HttpResponse, name: str, value: str) -> None:
    options: dict[str, Any] = {"max_age": YEAR, "httponly": True, "samesite": "Lax", "secure": settings.HTTPS}
    response.set_cookie(name, value, **options)
