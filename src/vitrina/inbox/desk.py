"""One interaction with everything that a person needs to answer it, put together for its template."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vitrina.accounts.doors import PersonRequest, reach, rights_of, sellers_of
from vitrina.accounts.models import User
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.channels.marketplaces import WITHOUT_BUYERS
from vitrina.channels.models import Connection
from vitrina.channels.ports import AnswerState, Kind
from vitrina.inbox import on_demand, queue_filter
from vitrina.inbox.attachments import files
from vitrina.inbox.beginnings.checklists import checklist
from vitrina.inbox.choosing import Skipped
from vitrina.inbox.editing import WORDS, standing_answer
from vitrina.inbox.guardrails.checking import Finding, Severity, is_blocked
from vitrina.inbox.guardrails.words import hint, sentence
from vitrina.inbox.hearing.escalation import Escalation
from vitrina.inbox.holding import findings_of
from vitrina.inbox.knowing import card_of, limits_of, settings_of
from vitrina.inbox.models import (
    CAME_BACK,
    UNDER_WAY,
    Draft,
    InboxSettings,
    Interaction,
    InteractionQuerySet,
    Manner,
    Reply,
    ReplyState,
)
from vitrina.inbox.presence import colleagues
from vitrina.inbox.queue import COUNT_UP_TO, Place, counts, screen
from vitrina.inbox.queue_filter import InboxFilter, platform_name, platform_names
from vitrina.inbox.running_values import decided
from vitrina.inbox.sending import is_only_begun, may_be_answered
from vitrina.inbox.standing import holding, imprint, is_over, rows_to_tell_by, settings_of_all
from vitrina.jobs import events
from vitrina.jobs.models import Job
from vitrina.jobs.states import State
from vitrina.lib.differences import shown as shown_changes

SIZE = 30
TOPICS = 50
LAST_MESSAGES = 100  # of a chat
LAST_REPLIES = 20
LAST_DRAFTS = 10
SNIPPET = 160  # characters of a text in the list

UNDRAFTED = {
    Skipped.ESCALATED: _("A person writes this one."),
    Skipped.BUDGET: _("The day's drafts by models are used up: the offline writer helps out."),
    Skipped.RESERVE: _("What is left of the day's drafts is kept for more pressing ones."),
    Skipped.LATER: _("The last round had no room for it: the next one drafts it."),
    Skipped.NO_TEXT: _("A rating without words: the offline writer is enough."),
    Skipped.OFF: _("Drafts ahead are switched off."),
}
ESCALATIONS = {
    Escalation.HEALTH: _("harm to health"),
    Escalation.HAZARD: _("a danger: fire, smoke or shock"),
    Escalation.COUNTERFEIT: _("a counterfeit"),
    Escalation.THREAT: _("a threat"),
    Escalation.LEGAL: _("the law"),
    Escalation.PERSONAL_DATA: _("personal data"),
    Escalation.CHILD_SAFETY: _("the safety of a child"),
}
STANDS = {
    AnswerState.PUBLISHED: (_("published"), "ok"),
    AnswerState.MODERATION: (_("in the marketplace's moderation"), "wait"),
    AnswerState.REJECTED: (_("rejected by moderation"), "bad"),
    AnswerState.UNKNOWN: (pgettext_lazy("an answer", "stands there"), "idle"),
}
TONES = {
    ReplyState.QUEUED: "run",
    ReplyState.SENDING: "run",
    ReplyState.SENT: "ok",
    ReplyState.CONFIRMED: "ok",
    ReplyState.REJECTED: "bad",
    ReplyState.UNCONFIRMED: "wait",
    ReplyState.FAILED: "bad",
    ReplyState.CHECK: "wait",
}


def rows_with_all() -> InteractionQuerySet:
    return Interaction.objects.select_related(
        "product__brand", "product__category", "draft", "seller", "assignee", "connection"
    )


def seen(request: PersonRequest, pk: int) -> Interaction:
    return reach(rows_with_all(), request.user, Right.VIEW, pk=pk)


def mine(request: PersonRequest, pk: int) -> Interaction:
    return reach(rows_with_all(), request.user, Right.REPLY, pk=pk)


def is_ahead(request: PersonRequest) -> bool:
    """Asked for before anybody opens it: nothing is told that is told once."""
    return "X-Ahead" in request.headers


def stands_as_known(request: PersonRequest, pk: int) -> bool:
    """Whether it stands as the page that asks has it. A draft waits for this: only what the imprint is made of is read,
    in three queries."""
    known = request.headers.get("X-Stands")
    if not known:
        return False
    interaction = reach(rows_to_tell_by(), request.user, Right.VIEW, pk=pk)
    draft = holding(interaction, settings_of(interaction.seller_id))
    last = Reply.objects.filter(interaction_id=pk).only("state").order_by("-pk").first()
    return known == imprint(interaction, draft, last)


def within_of(request: PersonRequest) -> InboxFilter:
    """The part of the inbox that the person works through; every address of it keeps it."""
    return InboxFilter.of(request.GET)


# --- The list ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """An interaction as the list shows it."""

    it: Interaction
    kind: Any
    platform: str
    snippet: str
    is_ready: bool
    due: Due | None
    people: str  # who else has it open: a JSON list of presence.Colleague


@dataclass(frozen=True)
class Due:
    """`left`: seconds, rounded to the minute; None: it is late."""

    at: datetime
    left: int | None

    @property
    def is_near(self) -> bool:
        return self.left is not None and self.left <= 900

    @classmethod
    def of(cls, row: Interaction) -> Due | None:
        if row.due_at is None or not row.needs_response:
            return None
        left = (row.due_at - timezone.now()).total_seconds()
        return cls(row.due_at, None if left <= 0 else max(60, int(left // 60) * 60))


def queue_context(request: PersonRequest, within: InboxFilter, *, at: int | None = None) -> dict[str, Any]:
    """The list with its filters. `at`: the one that is open beside it."""
    after = events.last_id()
    ways = {way: Place.read(request.GET.get(way)) for way in ("after", "before")}
    found = screen(request.user, within, **ways, size=SIZE)
    rows = Interaction.objects.select_related("product", "draft", "seller", "assignee").in_bulk(found.ids)
    listed = [rows[pk] for pk in found.ids if pk in rows]
    sellers = sellers_of(request.user)
    counted = counts(request.user, within)
    context = {
        "rows": shown(listed, to=request.user),
        "screen": found,
        "within": within,
        "choices": queue_filter,
        "platforms": platform_names(),
        "counts": [
            (code, words, counted[int(code)], within.priority == code)
            for code, words in queue_filter.PRIORITIES.items()
        ],
        "count_up_to": COUNT_UP_TO,
        "sellers": sellers,
        "many_sellers": len(sellers) > 1,
        "came_by": next(((way, place) for way, place in ways.items() if place is not None), None),
        "without_priority": replace(within, priority="", state="").query,
        "topics": [f"seller:{seller.pk}" for seller in sellers[:TOPICS]],
        "after": after,
        "at": at,
        "can_answer": bool(sellers_of(request.user, Right.REPLY)),
    }
    if not listed:
        theirs = Connection.objects.filter(seller_id__in=[seller.pk for seller in sellers])
        context["has_connections"] = theirs.exclude(platform__in=WITHOUT_BUYERS).exists()
        context["may_connect"] = bool(sellers_of(request.user, Right.MANAGE_SELLER))
    return context


def shown(rows: Iterable[Interaction], *, to: User) -> list[Row]:
    rows = list(rows)
    settings = settings_of_all(row.seller_id for row in rows)
    people = colleagues((row.pk for row in rows), besides=to)
    return [
        Row(
            it=row,
            kind=queue_filter.KINDS.get(row.kind, row.kind),
            platform=platform_name(row.platform),
            snippet=" ".join((row.text or row.pros or row.cons).split())[:SNIPPET],
            is_ready=row.needs_response and holding(row, settings[row.seller_id]) is not None,
            due=Due.of(row),
            people=json.dumps(people.get(row.pk, [])),
        )
        for row in rows
    ]


# --- What the guardrails say ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remark:
    """A finding in the reader's language; `severity` as the console draws it. `start`, `end`: characters of the text, the end
    exclusive; 0, 0 is no place in it."""

    severity: str
    words: str
    hint: str
    start: int
    end: int


def remarks(findings: Iterable[Finding]) -> list[Remark]:
    """What can't be sent first, then as it stands in the text. What to do instead is said once for each rule."""
    found: dict[tuple[str, int, int, str], Remark] = {}
    hinted: set[str] = set()
    for finding in sorted(
        findings, key=lambda finding: (finding.severity is not Severity.BLOCK, finding.start)
    ):
        words = sentence(finding)
        found.setdefault(
            (finding.rule, finding.start, finding.end, words),
            Remark(
                "high" if finding.severity is Severity.BLOCK else "warning",
                words,
                "" if finding.rule in hinted else hint(finding),
                finding.start,
                finding.end,
            ),
        )
        hinted.add(finding.rule)
    return list(found.values())


def check_context(
    interaction: Interaction, text: str, *, stood: str = "", settings: InboxSettings | None = None
) -> dict[str, Any]:
    """Of a text that is being written, as grave as it is when it is sent. Of an empty one there is nothing to say.
    `stood`: the answer whose place it is to take."""
    text, stood = text.replace("\r\n", "\n"), stood.replace("\r\n", "\n")
    findings = (
        findings_of(interaction, text, card=card_of(interaction.product), is_sending=True, settings=settings)
        if text.strip()
        else []
    )
    is_begun = bool(text.strip()) and is_only_begun(interaction, text)
    return {
        "remarks": remarks(findings),
        "is_begun": is_begun,
        "is_blocked": is_begun or is_blocked(findings),
        "changes": shown_changes(stood, text) if stood and stood != text else "",
    }


# --- One of them ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Typed:
    """What a person wrote that was not sent, and why. `stood`: what it was to take the place of, for an edit."""

    text: str
    draft: str
    words: str
    findings: Sequence[Finding] = ()
    stood: str | None = None


def desk(
    request: PersonRequest, interaction: Interaction, *, typed: Typed | None = None, status: int = 200
) -> HttpResponse:
    within = within_of(request)
    context = desk_context(request, interaction, typed=typed)
    if not request.htmx:
        context |= queue_context(request, within, at=interaction.pk) | {"after": context["after"]}
    response = page_or_part(request, "inbox/inbox.html", "inbox/pane.html", context, status=status)
    if request.htmx and request.method == "GET":
        # Also where another address led here: it is that of what stands on the screen.
        response["HX-Push-Url"] = f"{reverse('interaction', args=[interaction.pk])}?{within.query}".rstrip(
            "?"
        )
    return response


def desk_context(
    request: PersonRequest, interaction: Interaction, *, typed: Typed | None = None
) -> dict[str, Any]:
    after = events.last_id()  # what comes from here on is told
    settings = settings_of(interaction.seller_id)
    talk = talk_context(request, interaction, after=after)
    head = head_context(request, interaction, after=after)
    standing = draft_context(request, interaction, settings=settings, after=after)
    draft: Draft | None = standing["draft"]
    last: Reply | None = talk["last_reply"]
    limits = limits_of(interaction, settings)
    text, from_draft, is_kept = "", "", False
    if typed is not None:
        text, from_draft, is_kept = typed.text, typed.draft, True
    elif last is not None and last.state in CAME_BACK and last.version == interaction.version:
        text, from_draft, is_kept = last.text, str(last.draft_id or ""), True
    elif draft is not None:
        text, from_draft = draft.text, str(draft.pk)
    may_write = standing["can_reply"] and talk["stand"] == "write"
    there = (
        standing_answer(interaction)
        if standing["can_reply"] and not may_write and not talk["is_under_way"]
        else None
    )
    stood = (typed.stood or "") if typed is not None else ""
    if typed is None and there is not None and there.editable.why is None and request.GET.get("edit") == "1":
        stood = there.text
        # A change that did not arrive is offered again.
        is_kept = last is not None and last.is_edit and last.state == ReplyState.FAILED
        text = last.text if last is not None and is_kept else stood
    is_checked = may_write or typed is not None or stood
    check = check_context(interaction, text, stood=stood, settings=settings) if is_checked else {}
    return (
        talk
        | standing
        | check
        | head
        | {
            "people": json.dumps(colleagues([interaction.pk], besides=request.user).get(interaction.pk, [])),
            "typed": typed,
            "text": text,
            "from_draft": from_draft,
            "is_kept": is_kept,
            "limits": limits,
            "is_expired": is_over(interaction, timezone.now()),
            "may_write": may_write,
            "there": there,
            "stood": stood,
            "why_not": WORDS[there.editable.why] if there is not None and there.editable.why else "",
            "details": _details(interaction),
            "is_mine": interaction.assignee_id == request.user.pk,
            "imprint": imprint(interaction, draft, last),
            "is_ahead": is_ahead(request),
        }
    )


def head_context(
    request: PersonRequest, interaction: Interaction, *, after: int | None = None
) -> dict[str, Any]:
    """How it stands, in one line."""
    return {
        "it": interaction,
        "due": Due.of(interaction),
        "assignee_name": (interaction.assignee.get_full_name() or str(interaction.assignee))
        if interaction.assignee
        else "",
        "after": events.last_id() if after is None else after,
    }


def talk_context(
    request: PersonRequest, interaction: Interaction, *, after: int | None = None
) -> dict[str, Any]:
    """What was said, by whom, and how our answers stand."""
    after = events.last_id() if after is None else after
    messages: list[dict[str, Any]] = []
    if interaction.kind == Kind.CHAT:
        newest = interaction.messages.order_by("-at", "-id")[:LAST_MESSAGES]
        messages = [
            {"sender": one.sender, "text": one.text, "at": one.at, "files": files(one.attachments)}
            for one in reversed(newest)
        ]
    replies = list(interaction.replies.select_related("by").order_by("-pk")[:LAST_REPLIES])
    for reply in replies:
        reply.tone = TONES.get(ReplyState(reply.state), "idle")  # type: ignore[attr-defined]
    last = replies[0] if replies else None
    is_under_way = last is not None and last.state in UNDER_WAY
    return {
        "it": interaction,
        "kind": queue_filter.KINDS.get(interaction.kind, interaction.kind),
        "platform": platform_name(interaction.platform),
        "said": messages,
        "files": files(interaction.attachments),
        "answers": [_answer(one) for one in interaction.answers if isinstance(one, dict)],
        "replies": replies,
        "last_reply": last,
        "is_under_way": is_under_way,
        # What can be done about it: where it changes, the page fetches the part for answering anew.
        "stand": "write"
        if not is_under_way and may_be_answered(interaction, last)
        else f"{interaction.status} {last.pk} {last.state}"
        if last
        else interaction.status,
        "within": within_of(request),
        "after": after,
    }


def draft_context(
    request: PersonRequest,
    interaction: Interaction,
    *,
    settings: InboxSettings | None = None,
    after: int | None = None,
) -> dict[str, Any]:
    """The draft that holds, or the job that writes one, or why there is neither."""
    after = events.last_id() if after is None else after
    rights = rights_of(request.user, interaction.seller_id)
    settings = settings or settings_of(interaction.seller_id)
    draft = holding(interaction, settings)
    asked = request.GET.get("job", "")
    job_id = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    job = on_demand.job_of(interaction, job_id) if job_id is not None or draft is None else None
    can_reply = Right.REPLY in rights
    escalations = [str(ESCALATIONS[one]) for one in Escalation if one.value in interaction.escalations]
    history = [
        one
        for one in interaction.drafts.order_by("-pk")[: LAST_DRAFTS + 1]
        if draft is None or one.pk != draft.pk
    ]
    return {
        "it": interaction,
        "draft": draft,
        "used": _used(draft) if draft else {},
        "manner": (draft.manner or decided(settings).manner) if draft else "",
        "manners": Manner.choices,
        "examples": list(draft.examples.order_by("-answered_at", "pk")) if draft else [],
        "job": job,
        "is_preparing": job is not None and job.is_live,
        "is_failed": job is not None and job.state == State.DEAD,
        "live_text": (job.progress or {}).get("text", "") if job is not None and job.is_live else "",
        # A job that ended without a draft that holds is asked for by hand: nothing goes round in circles.
        "starts": draft is None and job is None and can_reply and interaction.needs_response,
        "undrafted": UNDRAFTED.get(interaction.undrafted, ""),  # type: ignore[call-overload]
        "escalations": escalations,
        "checklist": checklist(interaction.escalations),
        "history": history,
        "can_reply": can_reply,
        "within": within_of(request),
        "after": after,
        "most_remark": on_demand.MOST_REMARK,
    }


def draft_html(request: PersonRequest, interaction: Interaction, job: Job | None, words: str = "") -> str:
    context = draft_context(request, interaction)
    if job is not None:
        context |= {"job": job, "is_preparing": True, "starts": False, "live_text": ""}
    elif words:
        context |= {"starts": False}
    return render_to_string("inbox/draft.html", context | {"refused": words}, request)


def _answer(stored: dict[str, Any]) -> dict[str, Any]:
    try:
        words, tone = STANDS[AnswerState(stored.get("state", "unknown"))]
    except ValueError:
        words, tone = STANDS[AnswerState.UNKNOWN]
    try:
        at = datetime.fromisoformat(stored["at"]) if stored.get("at") else None
    except ValueError:
        at = None
    return {"text": str(stored.get("text", "")), "words": words, "tone": tone, "at": at}


def _used(draft: Draft) -> dict[str, Any]:
    used = draft.used if isinstance(draft.used, dict) else {}
    card = used.get("card")
    return {
        "card": [str(name) for name in card][:40] if isinstance(card, list) else [],
        "rules": bool(used.get("rules")),
        "messages": used.get("messages") if isinstance(used.get("messages"), int) else 0,
    }


def _details(interaction: Interaction) -> list[tuple[Any, str]]:
    details = interaction.product_details if isinstance(interaction.product_details, dict) else {}
    pairs = [
        (_("Article"), interaction.offer_id),
        (_("Number at the marketplace"), interaction.sku),
        (_("Size"), str(details.get("size", ""))),
        (_("Colour"), str(details.get("color", ""))),
        (pgettext_lazy("a purchase", "Order"), interaction.order_id),
    ]
    return [(name, value) for name, value in pairs if value]
