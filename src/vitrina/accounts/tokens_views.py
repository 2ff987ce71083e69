"""Doors: a person's own API tokens."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vitrina.accounts import tokens
from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.forms import TokenForm
from vitrina.accounts.models import ApiToken
from vitrina.accounts.pages import by_key
from vitrina.accounts.proving import is_fresh, require_fresh_password
from vitrina.accounts.role_words import SCOPE_WORDS
from vitrina.accounts.roles import Right

PAGE = 30


@never_cache
@require_http_methods(["GET", "POST"])
def tokens_page(request: PersonRequest) -> HttpResponse:
    """The list; by POST a new token, whose secret is shown in this answer and never again."""
    form = TokenForm(tokens.offered_to(request.user), request.POST or None)
    issued = None
    if request.method == "POST":
        require_fresh_password(request)
        if form.is_valid():
            said = form.cleaned_data
            expires_at = timezone.now() + timedelta(days=said["days"]) if said["days"] else None
            issued = tokens.issue(request.user, said["name"], said["scopes"], expires_at=expires_at)
            form = TokenForm(tokens.offered_to(request.user))
    screen = by_key(ApiToken.objects.filter(user=request.user), request, size=PAGE)
    now = timezone.now()
    context = {
        "form": form,
        "issued": issued,
        "is_fresh": is_fresh(request),
        "slice": screen,
        "shown": [
            {
                "token": token,
                "scopes": [SCOPE_WORDS.get(scope, scope) for scope in token.scopes],
                "is_expired": bool(token.expires_at and token.expires_at <= now),
            }
            for token in screen.rows
        ],
    }
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@require_POST
def token_revocation(request: PersonRequest, pk: int) -> HttpResponse:
    token = reach(ApiToken.objects, request.user, Right.VIEW, pk=pk)
    if tokens.revoke(token, by=request.user):
        messages.success(request, _("The token «%(name)s» opens nothing any more.") % {"name": token.name})
    if token.user_id != request.user.pk:
        return redirect("settings_people_person", pk=token.user_id)
    return redirect("settings_tokens")
