"""Interactions, drafts, replies and readings as programs see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.ports import AccessState, AnswerState, Kind, Sender
from vitrina.channels.standing import trouble_words
from vitrina.inbox import on_demand
from vitrina.inbox.attachments import files
from vitrina.inbox.beginnings.checklists import checklist
from vitrina.inbox.choosing import Skipped
from vitrina.inbox.guardrails.checking import Finding, Severity
from vitrina.inbox.guardrails.words import hint, sentence
from vitrina.inbox.hearing.escalation import Escalation
from vitrina.inbox.hearing.intent import Intent, Sentiment
from vitrina.inbox.holding import kept_findings
from vitrina.inbox.knowing import limits_of, settings_of
from vitrina.inbox.models import VERDICTS, Draft, Interaction, Message, Reading, Reply, ReplyState, Status
from vitrina.inbox.priority import Priority
from vitrina.inbox.sending import AsSeen
from vitrina.inbox.standing import holding, settings_of_all
from vitrina.jobs.api_shapes import JOB, Accepted, JobShown
from vitrina.rest.fields import Shown

LAST_MESSAGES = 100  # of a chat, told with it
LAST_REPLIES = 20
PRIORITIES = [priority.word for priority in Priority]


class InteractionShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    connection = serializers.IntegerField(allow_null=True)
    platform = serializers.CharField()
    kind = serializers.ChoiceField([kind.value for kind in Kind])
    external_id = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    buyer = serializers.CharField(allow_blank=True)
    rating = serializers.IntegerField(allow_null=True)
    text = serializers.CharField(allow_blank=True)
    pros = serializers.CharField(allow_blank=True)
    cons = serializers.CharField(allow_blank=True)
    product = serializers.IntegerField(allow_null=True)
    product_name = serializers.CharField(allow_blank=True)
    product_details = serializers.DictField()
    sku = serializers.CharField(allow_blank=True)
    offer_id = serializers.CharField(allow_blank=True)
    order_id = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(Status.values)
    needs_response = serializers.BooleanField()
    priority = serializers.ChoiceField(PRIORITIES)
    due_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(
        allow_null=True, help_text=_("From then on the marketplace takes no answer.")
    )
    intent = serializers.ChoiceField([intent.value for intent in Intent], allow_blank=True)
    sentiment = serializers.ChoiceField([sentiment.value for sentiment in Sentiment], allow_blank=True)
    escalations = serializers.ListField(
        child=serializers.ChoiceField([one.value for one in Escalation]),
        help_text=_("Why a person must write this one."),
    )
    draft = serializers.IntegerField(allow_null=True, help_text=_("The newest."))
    is_ready = serializers.BooleanField(
        help_text=_("The draft holds: nothing that it was made from has changed.")
    )
    undrafted = serializers.ChoiceField(
        [why.value for why in Skipped], allow_blank=True, help_text=_("Why no model has drafted it.")
    )
    assignee = serializers.IntegerField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField(help_text=_("One more with every word of the buyer."))
    received_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class FileShown(Shown):
    name = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)


class MessageShown(Shown):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    sender = serializers.ChoiceField([sender.value for sender in Sender])
    text = serializers.CharField(allow_blank=True)
    files = FileShown(many=True)


class AnswerShown(Shown):
    """As it stands at the marketplace, ours or one that was written in its cabinet."""

    text = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField([state.value for state in AnswerState])
    at = serializers.DateTimeField(allow_null=True)


class FindingShown(Shown):
    rule = serializers.CharField()
    severity = serializers.ChoiceField([severity.value for severity in Severity])
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    quote = serializers.CharField(allow_blank=True)
    words = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)


class DraftShown(Shown):
    id = serializers.IntegerField()
    interaction = serializers.IntegerField()
    text = serializers.CharField()
    holds = serializers.BooleanField()
    intent = serializers.CharField(allow_blank=True)
    sentiment = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment] # a member of the answer
    was_ahead = serializers.BooleanField()
    is_beginning = serializers.BooleanField(
        help_text=_("Only the opening words of what a person must write; never sent as it stands.")
    )
    used = serializers.DictField()
    findings = FindingShown(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    prompt_version = serializers.CharField(allow_blank=True)
    cost = serializers.DecimalField(max_digits=12, decimal_places=6, allow_null=True)
    duration_ms = serializers.IntegerField()
    asked_by = serializers.IntegerField(allow_null=True)
    made_at = serializers.DateTimeField()


class ReplyShown(Shown):
    id = serializers.IntegerField()
    interaction = serializers.IntegerField()
    draft = serializers.IntegerField(allow_null=True)
    text = serializers.CharField()
    kept_share = serializers.FloatField(allow_null=True, help_text=_("Of the draft's words, 0 to 1."))
    words_changed = serializers.IntegerField(allow_null=True)
    verdict = serializers.ChoiceField(list(VERDICTS), allow_blank=True, help_text=_("On the draft."))
    state = serializers.ChoiceField(ReplyState.values)
    words = serializers.CharField(allow_blank=True)
    by = serializers.IntegerField(allow_null=True)
    by_rule = serializers.BooleanField(help_text=_("Sent by the seller's rule, not by a person."))
    job = serializers.IntegerField(allow_null=True)
    queued_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    seen_at = serializers.DateTimeField(allow_null=True)


class LimitsShown(Shown):
    """What the marketplace takes here. `least`, `most`: characters of an answer."""

    least = serializers.IntegerField()
    most = serializers.IntegerField()
    is_public = serializers.BooleanField()


class InteractionWhole(InteractionShown):
    seal = serializers.CharField()
    files = FileShown(many=True)
    tags = serializers.ListField(child=serializers.CharField())
    messages = MessageShown(many=True)
    messages_total = serializers.IntegerField()
    answers = AnswerShown(many=True)
    newest_draft = DraftShown(allow_null=True)
    checklist = serializers.ListField(
        child=serializers.CharField(), help_text=_("What to look at first, where a person must write.")
    )
    draft_job = serializers.IntegerField(allow_null=True)
    replies = ReplyShown(many=True)
    limits = LimitsShown()


class DraftAsked(Shown):
    """The draft that holds, or the job that writes one."""

    draft = DraftShown(allow_null=True)
    job = JobShown(allow_null=True)


class ReplyAccepted(Accepted):
    reply = ReplyShown()


class SyncAccepted(Shown):
    """A job for each connection; one that waits or runs already is that one."""

    jobs = JobShown(many=True)


class ChannelReading(Shown):
    """`access`: as the marketplace told when it was last asked; `needs`: the plan or right that is missing."""

    kind = serializers.ChoiceField([kind.value for kind in Kind])
    access = serializers.ChoiceField([state.value for state in AccessState])
    needs = serializers.CharField(allow_blank=True)
    is_under_way = serializers.BooleanField()
    read_at = serializers.DateTimeField(allow_null=True)
    tried_at = serializers.DateTimeField(allow_null=True)
    trouble = serializers.CharField(allow_blank=True)
    new = serializers.IntegerField(allow_null=True)
    changed = serializers.IntegerField(allow_null=True)


class ReadingsShown(Shown):
    connection = serializers.IntegerField()
    seller = serializers.IntegerField()
    platform = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    is_on = serializers.BooleanField()
    trouble = serializers.CharField(allow_blank=True)
    channels = ChannelReading(many=True)


# --- Rows -------------------------------------------------------------------------------------------------


def interactions(found: Iterable[Interaction]) -> list[dict[str, Any]]:
    """`found` with their products and drafts. One query for all."""
    rows = list(found)
    settings = settings_of_all(row.seller_id for row in rows)
    return [
        {
            "id": row.pk,
            "seller": row.seller_id,
            "connection": row.connection_id,
            "platform": row.platform,
            "kind": row.kind,
            "external_id": row.external_id,
            "occurred_at": row.occurred_at,
            "buyer": row.buyer,
            "rating": row.rating,
            "text": row.text,
            "pros": row.pros,
            "cons": row.cons,
            "product": row.product_id,
            "product_name": row.product_name,
            "product_details": row.product_details if isinstance(row.product_details, dict) else {},
            "sku": row.sku,
            "offer_id": row.offer_id,
            "order_id": row.order_id,
            "status": str(row.status),
            "needs_response": row.needs_response,
            "priority": Priority(row.priority).word,
            "due_at": row.due_at,
            "closes_at": row.closes_at,
            "intent": row.intent,
            "sentiment": row.sentiment,
            "escalations": row.escalations,
            "draft": row.draft_id,
            "is_ready": holding(row, settings[row.seller_id]) is not None,
            "undrafted": row.undrafted,
            "assignee": row.assignee_id,
            "note": row.note,
            "version": row.version,
            "received_at": row.received_at,
            "changed_at": row.changed_at,
        }
        for row in rows
    ]


def whole(row: Interaction) -> dict[str, Any]:
    """`row` with its product and draft. Seven queries, of a chat nine."""
    told = interactions([row])[0]
    replied = list(row.replies.order_by("-pk")[:LAST_REPLIES])
    said = row.messages.order_by("-at", "-id")
    is_chat = row.kind == Kind.CHAT
    writing = on_demand.job_of(row)
    limits = limits_of(row, settings_of(row.seller_id))
    return told | {
        "seal": AsSeen(row.version, replied[0].pk if replied else 0).sealed,
        "files": files(row.attachments),
        "tags": [str(tag) for tag in row.tags],
        "messages": messages(said[:LAST_MESSAGES])[::-1] if is_chat else [],
        "messages_total": said.count() if is_chat else 0,
        "answers": [
            {"text": one.get("text", ""), "state": one.get("state", "unknown"), "at": one.get("at")}
            for one in row.answers
            if isinstance(one, dict)
        ],
        "newest_draft": drafts([row.draft], row, is_held=told["is_ready"])[0] if row.draft else None,
        "checklist": checklist(row.escalations),
        "draft_job": writing.pk if writing else None,
        "replies": replies(replied),
        "limits": {
            "least": max(limits.answer_least, 1),
            "most": limits.answer_most,
            "is_public": limits.is_public,
        },
    }


def messages(found: Iterable[Message]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.pk,
            "at": one.at,
            "sender": one.sender,
            "text": one.text,
            "files": files(one.attachments),
        }
        for one in found
    ]


def drafts(found: Iterable[Draft], row: Interaction, *, is_held: bool) -> list[dict[str, Any]]:
    """Drafts of one interaction; `is_held`: whether its newest one holds. What came before it never does."""
    return [
        {
            "id": one.pk,
            "interaction": one.interaction_id,
            "text": one.text,
            "holds": is_held and one.pk == row.draft_id,
            "intent": one.intent,
            "sentiment": one.sentiment,
            "source": one.source,
            "was_ahead": one.was_ahead,
            "is_beginning": one.is_beginning,
            "used": one.used if isinstance(one.used, dict) else {},
            "findings": findings(kept_findings(one)),
            "notes": one.notes,
            "prompt_version": one.prompt_version,
            "cost": None if one.cost is None else f"{one.cost:.6f}",
            "duration_ms": one.duration_ms,
            "asked_by": one.asked_by_id,
            "made_at": one.made_at,
        }
        for one in found
    ]


def findings(found: Iterable[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "start": finding.start,
            "end": finding.end,
            "quote": str(finding.detail.get("text", "")),
            "words": sentence(finding),
            "hint": hint(finding),
        }
        for finding in found
    ]


def replies(found: Iterable[Reply]) -> list[dict[str, Any]]:
    return [
        {
            "id": reply.pk,
            "interaction": reply.interaction_id,
            "draft": reply.draft_id,
            "text": reply.text,
            "kept_share": reply.kept_share,
            "words_changed": reply.words_changed,
            "verdict": reply.verdict,
            "state": str(reply.state),
            "words": reply.words,
            "by": reply.by_id,
            "by_rule": reply.by_rule,
            "job": reply.job_id,
            "queued_at": reply.queued_at,
            "sent_at": reply.sent_at,
            "seen_at": reply.seen_at,
        }
        for reply in found
    ]


def readings(found: Sequence[Connection]) -> list[dict[str, Any]]:
    """One query for all."""
    kept = {(row.connection_id, row.kind): row for row in Reading.objects.filter(connection__in=found)}
    return [
        {
            "connection": one.pk,
            "seller": one.seller_id,
            "platform": one.platform,
            "name": one.name,
            "is_on": one.is_on,
            "trouble": trouble_words(one),
            "channels": [
                _channel(kind, one.access.get(kind.value, {}), kept.get((one.pk, kind.value)))
                for kind in (PLATFORMS[one.platform].abilities if one.platform in PLATFORMS else ())
            ],
        }
        for one in found
    ]


def _channel(kind: Kind, access: Mapping[str, Any], reading: Reading | None) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "access": access.get("state", AccessState.UNKNOWN.value),
        "needs": access.get("needs", ""),
        "is_under_way": reading is not None and reading.begun_at is not None and not reading.trouble,
        "read_at": reading and reading.ended_at,
        "tried_at": reading and reading.tried_at,
        "trouble": reading.trouble if reading else "",
        "new": reading and reading.new,
        "changed": reading and reading.changed,
    }


# --- Examples ---------------------------------------------------------------------------------------------

INTERACTION: dict[str, Any] = {
    "id": 17,
    "seller": 1,
    "connection": 2,
    "platform": "ozon",
    "kind": "review",
    "external_id": "018f9f2e-7f8a-7cc1-a0a1-5c2f5d1b9e11",
    "occurred_at": "2026-03-01T09:40:00+03:00",
    "buyer": "Анна",
    "rating": 2,
    "text": "Молния разошлась на второй день.",
    "pros": "ткань",
    "cons": "молния",
    "product": 41,
    "product_name": "Платье летнее хлопковое синее",
    "product_details": {"size": "M", "color": "синий"},
    "sku": "646399170",
    "offer_id": "MAYAK-7",
    "order_id": "",
    "status": "new",
    "needs_response": True,
    "priority": "high",
    "due_at": "2026-03-01T10:40:00+03:00",
    "closes_at": None,
    "intent": "defect",
    "sentiment": "negative",
    "escalations": [],
    "draft": 23,
    "is_ready": True,
    "undrafted": "",
    "assignee": None,
    "note": "",
    "version": 1,
    "received_at": "2026-03-01T09:45:00+03:00",
    "changed_at": "2026-03-01T09:45:03+03:00",
}
MESSAGE: dict[str, Any] = {
    "id": 301,
    "at": "2026-03-01T09:40:00+03:00",
    "sender": "buyer",
    "text": "Есть ли размер M?",
    "files": [],
}
DRAFT: dict[str, Any] = {
    "id": 23,
    "interaction": 17,
    "text": "Здравствуйте, Анна! Нам жаль, что молния подвела.",
    "holds": True,
    "intent": "defect",
    "sentiment": "negative",
    "source": "openai:gpt-4o-mini",
    "was_ahead": True,
    "is_beginning": False,
    "used": {"card": ["Сезон", "title"], "rules": True, "messages": 0},
    "findings": [],
    "notes": [],
    "prompt_version": "6d74de13aba0",
    "cost": "0.000310",
    "duration_ms": 1800,
    "asked_by": None,
    "made_at": "2026-03-01T09:45:03+03:00",
}
REPLY: dict[str, Any] = {
    "id": 12,
    "interaction": 17,
    "draft": 23,
    "text": "Здравствуйте, Анна! Нам жаль, что молния подвела.",
    "kept_share": 1.0,
    "words_changed": 0,
    "verdict": "as_it_was",
    "state": "confirmed",
    "words": "",
    "by": 5,
    "by_rule": False,
    "job": 7,
    "queued_at": "2026-03-01T10:00:00+03:00",
    "sent_at": "2026-03-01T10:00:01+03:00",
    "seen_at": "2026-03-01T10:00:21+03:00",
}
WHOLE: dict[str, Any] = INTERACTION | {
    "seal": "1-0",
    "files": [{"name": "молния.jpg", "url": "https://pictures.example/1.jpg"}],
    "tags": [],
    "messages": [],
    "messages_total": 0,
    "answers": [],
    "newest_draft": DRAFT,
    "checklist": [],
    "draft_job": None,
    "replies": [],
    "limits": {"least": 2, "most": 1000, "is_public": True},
}
QUEUED: dict[str, Any] = REPLY | {"state": "queued", "sent_at": None, "seen_at": None}
SEND_JOB: dict[str, Any] = JOB | {"kind": "inbox.send", "title": ""}
DRAFT_JOB: dict[str, Any] = JOB | {"kind": "inbox.draft", "title": ""}
SYNC_JOB: dict[str, Any] = JOB | {"kind": "inbox.sync", "title": ""}
READINGS: dict[str, Any] = {
    "connection": 2,
    "seller": 1,
    "platform": "ozon",
    "name": "Маяк",
    "is_on": True,
    "trouble": "",
    "channels": [
        {
            "kind": "review",
            "access": "open",
            "needs": "",
            "is_under_way": False,
            "read_at": "2026-03-01T09:45:02+03:00",
            "tried_at": "2026-03-01T09:45:00+03:00",
            "trouble": "",
            "new": 3,
            "changed": 1,
        },
        {
            "kind": "chat",
            "access": "needs_plan",
            "needs": "Premium Plus",
            "is_under_way": False,
            "read_at": None,
            "tried_at": None,
            "trouble": "",
            "new": None,
            "changed": None,
        },
    ],
}
