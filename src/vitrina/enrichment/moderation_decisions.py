"""What a person decides at the desk. A page gets the next desk; a script gets the outcome alone, as JSON."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vitrina.accounts.doors import PersonRequest
from vitrina.catalog.models import Category
from vitrina.enrichment import moderating, undeciding
from vitrina.enrichment.apply import ProductChanged
from vitrina.enrichment.edits import EditsQuestioned, EditsRefused
from vitrina.enrichment.models import ModerationItem
from vitrina.enrichment.moderating import HeldByAnother, ModerationRefused
from vitrina.enrichment.moderation_desk import NO_CATEGORY, desk, desk_html, mine, with_product, within_of
from vitrina.enrichment.moderation_form import edits_of
from vitrina.enrichment.moderation_views import address_of, bar, go_on
from vitrina.enrichment.reasons import sentence


@require_POST
def approval(request: PersonRequest, pk: int) -> HttpResponse:
    item = mine(request, pk)
    said = request.POST.get("category", "")
    try:
        done = moderating.approve(
            item,
            request.user,
            edits=edits_of(item.log, request.POST.dict()),
            category=_category(item, said),
            no_category=said == NO_CATEGORY,
            despite_changes="despite_changes" in request.POST,
            despite_findings="despite_findings" in request.POST,
        )
    except EditsRefused as refusal:
        return _ask(request, item, _("Some fields break a limit."), errors=refusal.problems, status=422)
    except EditsQuestioned as question:
        doubts = [sentence(finding.code, finding.detail) for finding in question.findings]
        words = _("The edited text has grave findings.")
        return _ask(request, item, words, doubts=doubts, asks="despite_findings", status=422)
    except ProductChanged as changed:
        words = _("The product changed since this run.")
        return _ask(request, item, words, doubts=[str(changed)], asks="despite_changes", status=409)
    except ModerationRefused as refusal:
        return _refused(request, refusal)
    return _told(request, done, _("Approved: %(title)s"))


@require_POST
def rejection(request: PersonRequest, pk: int) -> HttpResponse:
    item = mine(request, pk)
    notes = request.POST.get("notes", "").strip()[:2000]
    try:
        done = moderating.reject(item, request.user, notes=notes, reason=request.POST.get("reason", ""))
    except ModerationRefused as refusal:
        return _refused(request, refusal)
    return _told(request, done, _("Rejected: %(title)s"))


@require_POST
def sending_back(request: PersonRequest, pk: int) -> HttpResponse:
    item = mine(request, pk)
    try:
        done = moderating.send_back(item, request.user, request.POST.get("notes", "")[:2000])
    except ModerationRefused as refusal:
        return _refused(request, refusal, stay=pk)
    return _told(request, done, _("Sent back for another run: %(title)s"))


@require_POST
def skipping(request: PersonRequest, pk: int) -> HttpResponse:
    item = mine(request, pk)
    is_put_off = moderating.put_off(item, request.user)
    if _wants_json(request):
        return JsonResponse({"words": _("Put off: %(title)s") % {"title": item.log.product.title}})
    if is_put_off:
        messages.info(request, _("Put off; it comes again after the others."))
    return go_on(request)


@require_POST
def undoing(request: PersonRequest, pk: int) -> HttpResponse:
    """Take back one's own decision; the item stands on the desk again."""
    item = mine(request, pk)
    within = within_of(request)
    address = f"{reverse('moderation_item', args=[pk])}{address_of(within)}"
    try:
        undeciding.take_back(item, request.user)
    except ModerationRefused as refusal:
        if _wants_json(request):
            return JsonResponse({"problem": "refused", "words": str(refusal)}, status=409)
        messages.warning(request, str(refusal))
        return redirect(address)
    words = _("Taken back: %(title)s") % {"title": item.log.product.title}
    if _wants_json(request):
        item = with_product().get(pk=pk)
        html = desk_html(request, item)
        return JsonResponse(
            {
                "words": words,
                "id": pk,
                "title": item.log.product.title,
                "address": address,
                "html": html,
                "bar": bar(request, within),
            }
        )
    messages.success(request, words)
    return redirect(address)


def _wants_json(request: PersonRequest) -> bool:
    return request.headers.get("X-Desk") == "1"


def _ask(
    request: PersonRequest,
    item: ModerationItem,
    words: str,
    *,
    errors: dict[str, str] | None = None,
    doubts: list[str] | None = None,
    asks: str = "",
    status: int,
) -> HttpResponse:
    """The desk again, with what the person typed and what stands in the way."""
    if not _wants_json(request):
        return desk(request, item, errors=errors, doubts=doubts, asks=asks, status=status)
    html = desk_html(request, item, errors=errors, doubts=doubts, asks=asks)
    return JsonResponse({"problem": "asks", "words": words, "html": html}, status=status)


def _refused(request: PersonRequest, refusal: ModerationRefused, *, stay: int | None = None) -> HttpResponse:
    if _wants_json(request):
        problem = "held" if isinstance(refusal, HeldByAnother) else "refused"
        return JsonResponse({"problem": problem, "words": str(refusal)}, status=409)
    messages.warning(request, str(refusal))
    if stay is not None:
        return redirect(f"{reverse('moderation_item', args=[stay])}{address_of(within_of(request))}")
    return go_on(request)


def _told(request: PersonRequest, done: ModerationItem, words: str) -> HttpResponse:
    said = words % {"title": done.log.product.title}
    again = _("This item had been decided already; nothing was done twice.")
    if _wants_json(request):
        return JsonResponse(
            {
                "words": again if done.was_resolved else said,
                "was_resolved": done.was_resolved,
                "resolution": done.resolution,
                "bar": bar(request, within_of(request)),
            }
        )
    if done.was_resolved:
        messages.info(request, again)
    else:
        messages.success(request, said)
    return go_on(request)


def _category(item: ModerationItem, said: str) -> Category | None:
    """The category that a person chose in place of the suggested one."""
    pk = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
    try:
        return moderating.chosen_instead(item, pk)
    except Category.DoesNotExist:
        raise Http404 from None
