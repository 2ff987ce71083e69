"""Holding an answer against the guardrails: what the house knows of the matter, put beside the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vitrina.channels.marketplaces import abilities_of
from vitrina.channels.ports import Kind, Sender
from vitrina.inbox.guardrails import checking
from vitrina.inbox.guardrails.checking import Finding, SellerRules, Severity
from vitrina.inbox.guardrails.words import FINDINGS
from vitrina.inbox.knowing import settings_of
from vitrina.inbox.models import Draft, InboxSettings, Interaction, Reply, ReplyState

LAST_ANSWERS = 50  # that a new one must not sound like
LAST_HEARD = 50  # messages of a chat's buyer
STAND = (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.SENT, ReplyState.CONFIRMED)


def findings_of(
    interaction: Interaction,
    text: str,
    *,
    card: dict[str, str],
    is_sending: bool,
    last_answers: Sequence[str] | None = None,
    settings: InboxSettings | None = None,
) -> list[Finding]:
    """`card`: what the product's card says, name → value. `last_answers`: what it must not sound like; None: the seller's
    last ones at this marketplace. Three queries, less one with the seller's `settings` given."""
    kind = Kind(interaction.kind)
    settings = settings or settings_of(interaction.seller_id)
    return checking.check(
        checking.Reply(
            text,
            kind,
            interaction.platform,
            heard=_heard(interaction),
            buyer=interaction.buyer,
            order_id=interaction.order_id,
            facts=tuple(f"{name}: {value}" for name, value in card.items()),
            last_answers=latest_answers(interaction) if last_answers is None else last_answers,
            limits=abilities_of(interaction.platform, kind),
            seller=SellerRules(
                may_promise_refunds=settings.may_promise_refunds,
                own_names=(*settings.own_names, *settings.brand_words, interaction.seller.name),
                other_shops=tuple(settings.other_shops),
                most_characters=settings.most_characters or 0,
            ),
        ),
        is_sending=is_sending,
    )


def plain(finding: Finding) -> dict[str, Any]:
    """As it is kept with a draft."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "start": finding.start,
        "end": finding.end,
        "detail": dict(finding.detail),
    }


def kept_findings(draft: Draft) -> list[Finding]:
    """What was kept with it; what another version of the rules wrote and this one doesn't know is left out."""
    found = []
    for one in draft.findings if isinstance(draft.findings, list) else []:
        if isinstance(one, dict) and one.get("rule") in FINDINGS and one.get("severity") in set(Severity):
            detail = one.get("detail")
            found.append(
                Finding(
                    one["rule"],
                    Severity(one["severity"]),
                    start=one.get("start", 0),
                    end=one.get("end", 0),
                    detail=detail if isinstance(detail, dict) else {},
                )
            )
    return found


def _heard(interaction: Interaction) -> str:
    if interaction.kind != Kind.CHAT:
        return "\n".join(part for part in (interaction.text, interaction.pros, interaction.cons) if part)
    spoken = interaction.messages.filter(sender=Sender.BUYER.value).order_by("-at", "-id")
    return "\n".join(reversed(list(spoken.values_list("text", flat=True)[:LAST_HEARD])))


def latest_answers(interaction: Interaction) -> tuple[str, ...]:
    rows = Reply.objects.filter(
        seller_id=interaction.seller_id, platform=interaction.platform, state__in=STAND
    ).exclude(interaction=interaction)
    return tuple(rows.order_by("-pk").values_list("text", flat=True)[:LAST_ANSWERS])


def latest_drafts(interaction: Interaction) -> tuple[str, ...]:
    """What stands ready for its open neighbours, and its own drafts."""
    rows = Draft.objects.filter(
        seller_id=interaction.seller_id,
        interaction__platform=interaction.platform,
        interaction__kind=interaction.kind,
        interaction__needs_response=True,
    )
    return tuple(rows.order_by("-pk").values_list("text", flat=True)[:LAST_ANSWERS])
