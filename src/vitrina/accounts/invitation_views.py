"""Doors: what an invitation's link opens, to whoever holds it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from vitrina.accounts import inviting
from vitrina.accounts.forms import ChosenPasswordForm, NewAccountForm
from vitrina.accounts.inviting import AlreadyMember, InvitationOver
from vitrina.accounts.models import Invitation, User
from vitrina.accounts.role_words import role_name
from vitrina.accounts.signing_in import enter


@never_cache
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation_page(request: HttpRequest, secret: str) -> HttpResponse:
    invitation = inviting.recognise(secret)
    if invitation is None:
        return _over(request)
    try:
        if invitation.user is not None:
            return _new_password(request, invitation, invitation.user)
        if isinstance(request.user, User):
            return _join(request, invitation, request.user)
        return _new_account(request, invitation)
    except InvitationOver:
        return _over(request)


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_over.html", status=410)


def _new_password(request: HttpRequest, invitation: Invitation, person: User) -> HttpResponse:
    form = ChosenPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        inviting.choose_password(invitation, form.cleaned_data["new"])
        messages.success(request, _("The new password is in force. Sign in with it."))
        return redirect("login")
    context = {"form": form, "person": person}
    return render(request, "accounts/invitation_password.html", context, status=422 if form.errors else 200)


def _join(request: HttpRequest, invitation: Invitation, person: User) -> HttpResponse:
    """Somebody who has an account: one button. They belong to another seller from then on, too."""
    if request.method == "POST":
        try:
            inviting.accept(invitation, person)
        except AlreadyMember:
            messages.info(
                request, _("You belong to this seller already; the invitation stays good for somebody else.")
            )
        else:
            messages.success(request, _("Welcome to «%(seller)s».") % {"seller": invitation.seller})
        return redirect("today")
    return render(request, "accounts/invitation_join.html", _told(invitation))


def _new_account(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = form.person()
        person.set_password(form.cleaned_data["new"])
        enter(request, inviting.accept_as_new(invitation, person))
        messages.success(request, _("Welcome to «%(seller)s».") % {"seller": invitation.seller})
        return redirect("today")
    return render(
        request,
        "accounts/invitation.html",
        _told(invitation) | {"form": form},
        status=422 if form.errors else 200,
    )


def _told(invitation: Invitation) -> dict[str, object]:
    return {"invitation": invitation, "role": role_name(invitation.role)}
