"""The page that says what a bulk approval would take, and starts it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, sellers_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.enrichment import bulk_approving
from vitrina.enrichment.moderation_desk import within_of
from vitrina.enrichment.moderation_views import address_of


@require_safe
def bulk_page(request: PersonRequest) -> HttpResponse:
    _may(request)
    within = within_of(request)
    return page_or_part(
        request,
        "enrichment/moderation_bulk.html",
        "enrichment/moderation_bulk_body.html",
        {
            "within": within,
            "found": bulk_approving.preview(request.user, within),
            "most": bulk_approving.MOST,
            "back": f"{reverse('moderation')}{address_of(within)}",
        },
    )


@require_POST
def bulk_approvals(request: PersonRequest) -> HttpResponse:
    _may(request)
    within = within_of(request)
    newest = request.POST.get("newest", "")
    jobs = (
        bulk_approving.start(request.user, within, newest=int(newest))
        if newest.isascii() and newest.isdigit() and len(newest) < 19
        else []
    )
    if not jobs:
        messages.info(request, _("Nothing of this filter is left to approve at once."))
        return redirect(f"{reverse('moderation')}{address_of(within)}")
    total = sum(job.total or 0 for job in jobs)
    messages.success(
        request,
        ngettext("%(count)s card is being approved.", "%(count)s cards are being approved.", total)
        % {"count": total},
    )
    return redirect("job", pk=jobs[0].pk) if len(jobs) == 1 else redirect("jobs")


def _may(request: PersonRequest) -> None:
    if not sellers_of(request.user, Right.MODERATE):
        raise PermissionDenied
