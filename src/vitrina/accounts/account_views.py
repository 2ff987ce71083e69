"""Doors: Settings, and a person's own account."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest
from vitrina.accounts.forms import AccountForm
from vitrina.accounts.models import User
from vitrina.accounts.views import keep_choices


@never_cache
@require_safe
def settings_page(request: PersonRequest) -> HttpResponse:
    return render(request, "accounts/settings_index.html")


@never_cache
@require_http_methods(["GET", "POST"])
def account_page(request: PersonRequest) -> HttpResponse:
    person = request.user
    before = {name: getattr(person, name) for name in AccountForm.base_fields}
    form = AccountForm(request.POST or None, initial=before | {"language": person.language or get_language()})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        with transaction.atomic():
            User.objects.filter(pk=person.pk).update(**chosen)
            if chosen != before:
                audit.record("account.change", person, by=person, before=before, after=chosen)
        messages.success(request, _("Saved."))
        response = redirect("settings_account")
        keep_choices(response, language=chosen["language"], theme=chosen["theme"] or "system")
        return response
    return render(request, "accounts/account.html", {"form": form}, status=422 if form.errors else 200)
