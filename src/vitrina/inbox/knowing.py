"""What an answer may be written from: the buyer's words, the product's card, the seller's rules and earlier answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, cast

import orjson

from vitrina.catalog.models import Product
from vitrina.channels.marketplaces import abilities_of
from vitrina.channels.ports import Abilities, Kind, Sender
from vitrina.engine.core.prompts import load
from vitrina.inbox.generators.reply.generator import GENERATOR
from vitrina.inbox.generators.reply.schema import ReplyInput, Spoken, Tone
from vitrina.inbox.hearing.language import language_heard
from vitrina.inbox.masking import Mask
from vitrina.inbox.models import InboxSettings, Interaction
from vitrina.inbox.running_values import decided
from vitrina.inbox.validity import MadeFrom, hash_of

LAST_MESSAGES = 12  # of a chat
MOST_CARD = 40  # attributes of a card
# Settings that shape an answer or are held against it, besides manner and signature.
SHAPING = (
    "brand_words", "greets_by_name", "language", "rules", "may_promise_refunds", "own_names", "other_shops",
    "most_characters",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """`given` holds no word that tells who the buyer is, for a model may be asked; `hidden` is what its placeholders stand for.
    `hide`: for what else goes to the model; its placeholders come to `hidden`.
    `name`: the buyer's, where the seller greets by name; for the offline writer alone. `used`: what was known, for the page beside
    the draft; `input_hash`: what the draft will stand for.
    """

    given: ReplyInput
    input_hash: str
    hide: Callable[[str], str]
    hidden: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    used: dict[str, Any] = field(default_factory=dict)

    @property
    def manner(self) -> str:
        return self.given.tone.manner

    def in_manner(self, manner: str) -> Known:
        """The same for an answer that speaks so, whatever the seller's settings say."""
        tone = self.given.tone.model_copy(update={"manner": manner})
        return replace(self, given=self.given.model_copy(update={"tone": tone}))


def settings_of(seller_id: int) -> InboxSettings:
    """The seller's; unsaved defaults where nothing was decided."""
    return InboxSettings.objects.filter(seller_id=seller_id).first() or InboxSettings(seller_id=seller_id)


def limits_of(interaction: Interaction, settings: InboxSettings) -> Abilities:
    """What the marketplace takes there, within the seller's own cap."""
    taken = abilities_of(interaction.platform, Kind(interaction.kind))
    return replace(taken, answer_most=min(taken.answer_most, settings.most_characters or taken.answer_most))


def current_hash(interaction: Interaction, settings: InboxSettings, *, card_version: int) -> str:
    """What a draft must stand for to hold now. `card_version`: of the product, 0 without one."""
    return hash_of(
        MadeFrom(
            text=interaction.text,
            pros=interaction.pros,
            cons=interaction.cons,
            rating=interaction.rating,
            last_message=str(interaction.version) if interaction.kind == Kind.CHAT else "",
            card_version=card_version,
            shaping=shaping(settings),
            prompt_version=prompt_version(),
            withdrawals=interaction.withdrawals,
        )
    )


def shaping(settings: InboxSettings) -> str:
    """What of the settings a draft stands for: by content, so that what is changed back makes the older drafts good again."""
    values = decided(settings)
    told = {name: getattr(settings, name) for name in SHAPING}
    told |= {"manner": values.manner, "signature": values.signature}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()


def prompt_version() -> str:
    return load(GENERATOR.prompt, GENERATOR.input).version


def known(interaction: Interaction) -> Known:
    """Three or four queries."""
    settings = settings_of(interaction.seller_id)
    values = decided(settings)
    product = (
        Product.objects.listings().filter(pk=interaction.product_id).first()
        if interaction.product_id
        else None
    )
    card = card_of(product)
    mask = Mask(buyer=interaction.buyer, order_id=interaction.order_id)
    messages = _messages(interaction, mask)
    given = ReplyInput(
        kind=cast(Any, interaction.kind),
        platform=interaction.platform,
        language=cast(Any, _language(interaction, messages, settings)),
        rating=interaction.rating,
        text=mask.hide(interaction.text),
        pros=mask.hide(interaction.pros),
        cons=mask.hide(interaction.cons),
        messages=messages,
        product_name=interaction.product_name or (product.title if product else ""),
        card=card,
        rules=settings.rules,
        intent=cast(Any, interaction.intent or "other"),
        sentiment=cast(Any, interaction.sentiment or "neutral"),
        tone=Tone(
            manner=cast(Any, values.manner),
            signature=values.signature,
            words=tuple(settings.brand_words),
            greets_by_name=settings.greets_by_name,
        ),
        may_promise_refunds=settings.may_promise_refunds,
        longest=limits_of(interaction, settings).answer_most,
        seed=f"{interaction.platform}:{interaction.kind}:{interaction.external_id}",
    )
    return Known(
        given,
        current_hash(interaction, settings, card_version=product.version if product else 0),
        hide=mask.hide,
        hidden=mask.kept,
        name=interaction.buyer if settings.greets_by_name else "",
        used={"card": sorted(card), "rules": bool(settings.rules), "messages": len(messages)},
    )


def card_of(product: Product | None) -> dict[str, str]:
    if product is None:
        return {}
    card = {"title": product.title}
    if product.brand:
        card["brand"] = product.brand.name
    if product.category:
        card["category"] = product.category.path
    stated = islice(product.attributes.items(), MOST_CARD)
    return card | {str(name): str(value) for name, value in stated}


def _messages(interaction: Interaction, mask: Mask) -> tuple[Spoken, ...]:
    if interaction.kind != Kind.CHAT:
        return ()
    last = interaction.messages.order_by("-at", "-id")[:LAST_MESSAGES]
    return tuple(
        Spoken(sender=cast(Any, Sender(message.sender).value), text=mask.hide(message.text))
        for message in reversed(last)
    )


def _language(interaction: Interaction, messages: tuple[Spoken, ...], settings: InboxSettings) -> str:
    said = [message.text for message in reversed(messages) if message.sender == Sender.BUYER.value]
    if interaction.kind != Kind.CHAT:
        said = [" ".join([interaction.text, interaction.pros, interaction.cons])]
    return language_heard(said, otherwise=settings.language or interaction.seller.language)
