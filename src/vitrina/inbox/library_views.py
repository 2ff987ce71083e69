"""Doors of the answer library: the list with its search, one more by hand, in use or not, deleting."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, sellers_of
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.inbox.library import entries
from vitrina.inbox.library.entries import EntryRefused
from vitrina.inbox.library.filter import ORIGINS, STATES, LibraryFilter
from vitrina.inbox.library.models import LibraryAnswer, LibraryState
from vitrina.inbox.library_form import LibraryForm
from vitrina.inbox.queue_filter import KINDS

SIZE = 30


@require_safe
def library_page(request: PersonRequest) -> HttpResponse:
    return _page(request)


@require_POST
def library_addition(request: PersonRequest) -> HttpResponse:
    sellers = sellers_of(request.user, Right.REPLY)
    if not sellers:
        raise PermissionDenied
    form = LibraryForm(request.POST, sellers=sellers)
    if not form.is_valid():
        return _page(request, form)
    seller = reach(Seller.objects, request.user, Right.REPLY, pk=form.cleaned_data["seller"].pk)
    given = {name: form.cleaned_data[name] for name in ("question", "answer", "kind")}
    try:
        entries.add(seller, by=request.user, **given)
    except EntryRefused as refused:
        form.add_error(refused.field, str(refused))
        return _page(request, form)
    messages.success(request, _("Added. The next drafts know it; personal data was taken out of it."))
    return redirect("inbox_library")


@require_POST
def library_use(request: PersonRequest, pk: int) -> HttpResponse:
    """`on`: "1" takes it into use, anything else out of it."""
    entry = _reach(request, pk)
    is_on = request.POST.get("on") == "1"
    if entries.switch(entry, on=is_on, by=request.user):
        messages.success(
            request,
            _("The next drafts may find it.")
            if is_on
            else _("No draft finds it any longer; open drafts that were written after it are made anew."),
        )
    return _back(request)


@require_POST
def library_deletion(request: PersonRequest, pk: int) -> HttpResponse:
    entries.delete(_reach(request, pk), by=request.user)
    messages.success(request, _("It was deleted and is not learned again."))
    return _back(request)


def _page(request: PersonRequest, form: LibraryForm | None = None) -> HttpResponse:
    within = LibraryFilter.of(request.GET)
    sellers = sellers_of(request.user)
    may_edit = sellers_of(request.user, Right.REPLY)
    rows = within.rows(LibraryAnswer.objects.reachable_by(request.user)).select_related("seller")
    found = by_key(rows, request, size=SIZE)
    editable = {seller.pk for seller in may_edit}
    for row in found.rows:
        row.may_change = row.seller_id in editable  # type: ignore[attr-defined]
    context = {
        "within": within,
        "slice": found,
        "sellers": sellers,
        "many_sellers": len(sellers) > 1,
        "kinds": KINDS,
        "states": STATES,
        "origins": ORIGINS,
        "most": entries.MOST,
        "form": form or (LibraryForm(sellers=may_edit) if may_edit else None),
    }
    status = 422 if form is not None and form.errors else 200
    return page_or_part(request, "inbox/library.html", "inbox/library_list.html", context, status=status)


def _back(request: PersonRequest) -> HttpResponseRedirect:
    query = LibraryFilter.of(request.GET).query
    return HttpResponseRedirect(f"{reverse('inbox_library')}{'?' if query else ''}{query}")


def _reach(request: PersonRequest, pk: int) -> LibraryAnswer:
    entry: LibraryAnswer = reach(LibraryAnswer.objects, request.user, Right.REPLY, pk=pk)
    if entry.state == LibraryState.DELETED:
        raise Http404
    return entry
