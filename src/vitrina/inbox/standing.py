"""How an interaction stands: whether its draft still holds, by what it was made from; whether it may be answered at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from vitrina.channels.marketplaces import abilities_of
from vitrina.channels.ports import Kind
from vitrina.inbox.knowing import current_hash
from vitrina.inbox.models import Draft, InboxSettings, Interaction, InteractionQuerySet, Reply

# What `holding` and `imprint` look at.
TOLD_BY = (
    "seller", "kind", "text", "pros", "cons", "rating", "version", "withdrawals", "escalations", "changed_at",
    "draft__is_beginning", "draft__input_hash", "product__version",
)  # fmt: skip


def holding(interaction: Interaction, settings: InboxSettings) -> Draft | None:
    """The draft, if it holds. No query where `draft` and `product` were read along."""
    draft = interaction.draft
    if draft is None:
        return None
    card_version = interaction.product.version if interaction.product else 0
    is_theirs = draft.is_beginning == bool(interaction.escalations)
    holds = is_theirs and draft.input_hash == current_hash(interaction, settings, card_version=card_version)
    return draft if holds else None


def is_over(interaction: Interaction, now: datetime) -> bool:
    """The marketplace surely takes no answer any more. Where it may (Ozon's chats), who tries is told."""
    if interaction.closes_at is None or interaction.closes_at > now:
        return False
    return abilities_of(interaction.platform, Kind(interaction.kind)).closes_surely


def rows_to_tell_by() -> InteractionQuerySet:
    """Narrow rows, for telling whether something still stands as it was shown."""
    return Interaction.objects.select_related("product", "draft").only(*TOLD_BY)


def imprint(interaction: Interaction, draft: Draft | None, last_reply: Reply | None) -> str:
    """Another one as soon as another word, another draft, another reply or another deed of somebody would be shown of it.
    `draft`: the one that holds."""
    reply = f"{last_reply.pk}{last_reply.state}" if last_reply else "0"
    return (
        f"{interaction.version}-{interaction.changed_at.timestamp():.6f}-{draft.pk if draft else 0}-{reply}"
    )


def settings_of_all(seller_ids: Iterable[int]) -> dict[int, InboxSettings]:
    """Of each of these sellers; unsaved defaults where nothing was decided. One query."""
    wanted = set(seller_ids)
    known = {row.seller_id: row for row in InboxSettings.objects.filter(seller_id__in=wanted)}
    return {pk: known.get(pk) or InboxSettings(seller_id=pk) for pk in wanted}
