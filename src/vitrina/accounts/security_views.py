"""Doors: a person's own security: password, second factor, open sessions."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts import sessions, two_factor
from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.forms import CodeForm, NewPasswordForm, TwoFactorOffForm
from vitrina.accounts.models import BrowserSession, TwoFactor, User
from vitrina.accounts.passwords import change_password
from vitrina.accounts.proving import require_fresh_password
from vitrina.accounts.roles import Right
from vitrina.accounts.signing_in import check_password
from vitrina.accounts.tries import waiting_words
from vitrina.accounts.two_factor_codes import app_address, new_secret

SECRET_IN_MAKING = "two_factor_secret"  # noqa: S105 - the name of a place in the session
ISSUER = "Vitrina"


@never_cache
@require_safe
def security_page(request: PersonRequest) -> HttpResponse:
    return _security(request)


def _security(request: PersonRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    factor = TwoFactor.objects.filter(user=request.user).first()
    context = {
        "password_form": NewPasswordForm(request.user),
        "off_form": TwoFactorOffForm(),
        "factor": factor,
        "codes_left": two_factor.codes_left(request.user) if factor else 0,
        "sessions": list(sessions.open_of(request.user)[:50]),
        "here": request.session.session_key,
    }
    return render(request, "accounts/security.html", context | forms, status=status)


@never_cache
@sensitive_post_parameters()
@require_POST
def password_door(request: PersonRequest) -> HttpResponse:
    form = NewPasswordForm(request.user, request.POST)
    if form.is_valid():
        person = check_password(request, request.user.username, form.cleaned_data["old"])
        if isinstance(person, User):
            ended = change_password(request, request.user, form.cleaned_data["new"])
            messages.success(request, _("The new password is in force."))
            _say_ended(request, ended)
            return redirect("settings_security")
        form.add_error("old", waiting_words(person) if person.opens_at else _("The password is wrong."))
    return _security(request, status=422, password_form=form)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def two_factor_page(request: PersonRequest) -> HttpResponse:
    """Switch it on: the QR code for the app, then a code of it; then the recovery codes, shown once."""
    if two_factor.is_on(request.user):
        return redirect("settings_security")
    require_fresh_password(request)
    # The secret is the same until it is taken, so that a reload doesn't make the scanned one void.
    secret = request.session.setdefault(SECRET_IN_MAKING, new_secret())
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = two_factor.switch_on(request.user, secret, form.cleaned_data["code"])
        if codes is not None:
            del request.session[SECRET_IN_MAKING]
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": True})
        form.add_error("code", _("The code doesn't fit. Is the clock of the phone right? Try the next code."))
    form.fields["code"].help_text = ""
    address = app_address(secret, name=request.user.username, issuer=ISSUER)
    context = {
        "form": form,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "qr": _qr(address),
        "address": address,
        "is_owed": two_factor.is_owed(request.user),
    }
    return render(request, "accounts/two_factor.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
@require_POST
def two_factor_off_door(request: PersonRequest) -> HttpResponse:
    form = TwoFactorOffForm(request.POST)
    if form.is_valid():
        person = check_password(request, request.user.username, form.cleaned_data["password"])
        if not isinstance(person, User):
            form.add_error(
                "password", waiting_words(person) if person.opens_at else _("The password is wrong.")
            )
        else:
            how = two_factor.check(person, form.cleaned_data["code"])
            if isinstance(how, str):
                two_factor.switch_off(person, by=request.user)
                messages.success(
                    request, _("The second factor is off. The password alone opens your account.")
                )
                return redirect("settings_security")
            form.add_error("code", waiting_words(how) if how.opens_at else _("This code is wrong."))
    return _security(request, status=422, off_form=form)


@never_cache
@require_POST
def codes_door(request: PersonRequest) -> HttpResponse:
    if not two_factor.is_on(request.user):
        messages.warning(request, _("The second factor is off; there is nothing to recover."))
        return redirect("settings_security")
    require_fresh_password(request)
    codes = two_factor.renew_codes(request.user)
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": False})


@require_POST
def session_ending(request: PersonRequest, pk: int) -> HttpResponse:
    session = reach(BrowserSession.objects, request.user, Right.VIEW, pk=pk)
    sessions.end(session, by=request.user)
    messages.success(request, _("That session is ended."))
    if session.user_id != request.user.pk:
        return redirect("settings_people_person", pk=session.user_id)
    return redirect("settings_security")


@require_POST
def other_sessions_ending(request: PersonRequest) -> HttpResponse:
    ended = sessions.end_all(request.user, by=request.user, but=request.session.session_key)
    _say_ended(request, ended)
    return redirect("settings_security")


def _say_ended(request: PersonRequest, ended: int) -> None:
    if ended:
        words = ngettext("%(count)s other session was ended.", "%(count)s other sessions were ended.", ended)
        messages.info(request, words % {"count": ended})


def _qr(address: str) -> SafeString:
    """Dark on light in every theme: cameras read nothing else."""
    made = segno.make(address, error="m").svg_inline(omitsize=True, border=4, light="#ffffff", dark="#000000")
    return SafeString(made)  # segno's own, of an address whose parts are quoted
