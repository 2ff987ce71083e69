"""What a reading shows becomes rows: new ones, changed ones; what the house added stays. Safe to be done twice."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
from django.db import models
from django.utils import timezone

from vitrina.catalog.models import Product
from vitrina.channels.models import Connection
from vitrina.channels.ports import AnswerState, Kind, Seen, Sender
from vitrina.channels.ports import Message as MessageSeen
from vitrina.inbox import news
from vitrina.inbox.judging import JUDGED, judge, unanswered
from vitrina.inbox.models import UNDER_WAY, Interaction, Message, Reply, ReplyState, Status
from vitrina.inbox.statistics import tallying

# What the marketplace says, as columns; besides these a reading writes the state, and nothing else.
SAID = (
    "occurred_at", "buyer", "rating", "text", "pros", "cons", "sku", "offer_id", "product_name", "product_details",
    "order_id", "attachments", "tags", "answers", "address", "replaces", "closes_at",
)  # fmt: skip
# Another one of these is another word of the buyer: a draft that was made before it is stale.
WORDS = ("rating", "text", "pros", "cons")
STATE = (
    "said_hash", "version", "status", "needs_response", "product", "connection", "wants_learning", "changed_at",
)  # fmt: skip


@dataclass(frozen=True)
class Received:
    """What came of a page. `ids`: of all that stands in it; `news`: rows with new words of a buyer that want an answer;
    `touched`: rows that were there before and stand otherwise now.
    """

    new: int = 0
    changed: int = 0
    ids: frozenset[str] = frozenset()
    news: tuple[int, ...] = ()
    touched: tuple[int, ...] = ()

    def __add__(self, other: Received) -> Received:
        return Received(
            self.new + other.new,
            self.changed + other.changed,
            self.ids | other.ids,
            self.news + other.news,
            self.touched + other.touched,
        )


@dataclass
class _Entry:
    """One of a page beside its row. `has_news`: the buyer said something that the row didn't hold; `fresh`: the messages
    that it didn't. `comes_back`: it was read through no connection before, or another one."""

    seen: Seen
    row: Interaction
    is_new: bool
    is_being_answered: bool = False  # a reply of ours is on its way
    is_changed: bool = False
    has_news: bool = False
    comes_back: bool = False
    fresh: list[MessageSeen] = field(default_factory=list)


def receive(connection: Connection, page: Iterable[Seen]) -> Received:
    """Write down a page, in the caller's transaction. Of what stands in it twice the later one counts."""
    now = timezone.now()
    entries = _entries(connection, page, now)
    for entry in entries:
        if not entry.is_new:
            _update(entry, connection, now)
    made = [entry.row for entry in entries if entry.is_new]
    for entry in entries:
        if entry.is_new:
            judge(entry.row, now, text=_open_words(entry))
    Interaction.objects.bulk_create(made, batch_size=200)
    _add_messages([entry for entry in entries if entry.seen.messages])
    for entry in entries:
        is_back = entry.comes_back and entry.seen.kind is Kind.CHAT
        if not entry.is_new and (entry.fresh or is_back):
            _move_on(entry, now)
    changed = [entry.row for entry in entries if entry.is_changed]
    for entry in entries:
        if entry.is_changed:
            entry.row.changed_at = now
            if entry.has_news:
                judge(entry.row, now, text=_open_words(entry))
    Interaction.objects.bulk_update(changed, [*SAID, *STATE, *JUDGED], batch_size=100)
    replaced = _close_replaced(
        connection, [entry.seen.replaces for entry in entries if entry.seen.replaces], now
    )
    told = [entry for entry in entries if entry.has_news and entry.row.needs_response]
    news.interactions_received(connection, [(entry.row, entry.is_new) for entry in told])
    # What was edited keeps the time of its first words.
    tallying.arrived(
        (entry.row, entry.row.occurred_at if entry.is_new or entry.seen.kind is Kind.CHAT else now)
        for entry in told
    )
    return Received(
        new=len(made),
        changed=len(changed),
        ids=frozenset(entry.seen.id for entry in entries),
        news=tuple(entry.row.pk for entry in told),
        touched=(*(row.pk for row in changed), *replaced),
    )


def wants_answer(one: Seen, now: datetime) -> bool:
    """What the marketplace counts as unanswered, unless it takes no answer any more or moderation has one. An answer that
    stands there changes nothing: an author who edits the review wants another one."""
    if one.closes_at is not None and one.closes_at <= now:
        return False
    if one.kind is Kind.CHAT:
        said = [message for message in one.messages if message.sender is not Sender.PLATFORM]
        return said[-1].sender is Sender.BUYER if said else one.wants_answer
    return one.wants_answer and not any(answer.state is AnswerState.MODERATION for answer in one.answers)


def _entries(connection: Connection, page: Iterable[Seen], now: datetime) -> list[_Entry]:
    seen: dict[tuple[str, str], Seen] = {}
    for one in page:
        key = (one.kind.value, one.id)
        seen[key] = _merged(seen[key], one) if key in seen else one
    rows = Interaction.objects.filter(
        seller_id=connection.seller_id,
        platform=connection.platform,
        external_id__in={external_id for _, external_id in seen},
    )
    known = {(row.kind, row.external_id): row for row in rows}
    product_of = _products(connection, list(seen.values()))
    answering = set(
        Reply.objects.filter(
            interaction__in=known.values(), state__in=(*UNDER_WAY, ReplyState.SENT)
        ).values_list("interaction_id", flat=True)
    )
    entries = []
    for key, one in seen.items():
        row = known.get(key)
        product = product_of.get(key)
        if row is None:
            entries.append(_Entry(one, _made(connection, one, product, now), is_new=True, has_news=True))
        else:
            # The products of a shop may come after its buyers' words.
            finds = row.product_id is None and product is not None
            row.product_id = row.product_id or product
            entries.append(
                _Entry(one, row, is_new=False, is_being_answered=row.pk in answering, is_changed=finds)
            )
    return entries


def _made(connection: Connection, one: Seen, product: int | None, now: datetime) -> Interaction:
    row = Interaction(
        seller_id=connection.seller_id,
        connection=connection,
        platform=connection.platform,
        kind=one.kind.value,
        external_id=one.id,
        product_id=product,
        said_hash=_hash(one),
        needs_response=wants_answer(one, now),
        wants_learning=bool(one.answers) or any(said.sender is Sender.SELLER for said in one.messages),
        **_said(one),
    )
    spoken = [message for message in one.messages if message.sender is Sender.BUYER]
    if spoken:
        row.text, row.occurred_at = spoken[-1].text, spoken[-1].at
    if not row.needs_response:
        row.status = Status.RESPONDED if _is_answered(one) else Status.CLOSED
    return row


def _update(entry: _Entry, connection: Connection, now: datetime) -> None:
    """The marketplace's columns and what follows from them. A chat's words come from its messages, see `_move_on`."""
    row, one = entry.row, entry.seen
    digest = _hash(one)
    entry.comes_back = row.connection_id != connection.pk
    if digest == row.said_hash and not entry.comes_back:
        return
    said = _said(one)
    if one.kind is Kind.CHAT:
        del said["text"], said["occurred_at"]
        # A page about its newest messages may not say again whom and what it is about.
        said = {name: value for name, value in said.items() if value}
    entry.is_changed = True
    entry.has_news = any(said[name] != getattr(row, name) for name in WORDS if name in said)
    row.wants_learning |= said.get("answers", row.answers) != row.answers
    for name, value in said.items():
        setattr(row, name, value)
    row.said_hash, row.connection = digest, connection
    row.version += entry.has_news
    if one.kind is not Kind.CHAT:
        # Until a reply of ours is seen over there, the marketplace goes on asking for one.
        wants = wants_answer(one, now) and (entry.has_news or not entry.is_being_answered)
        _stand(row, wants=wants, has_news=entry.has_news, is_answered=_is_answered(one))


def _move_on(entry: _Entry, now: datetime) -> None:
    """A chat stands as its newest message says, in whatever order a reading showed them."""
    row = entry.row
    said = row.messages.exclude(sender=Sender.PLATFORM.value).order_by("-at", "-id")
    newest, spoken = said.first(), said.filter(sender=Sender.BUYER.value).first()
    entry.is_changed = True
    if spoken is not None:
        row.text, row.occurred_at = spoken.text, spoken.at
    has_news = any(message.sender is Sender.BUYER for message in entry.fresh)
    entry.has_news = entry.has_news or has_news
    row.wants_learning |= any(message.sender is Sender.SELLER for message in entry.fresh)
    row.version += has_news
    if newest is not None:
        is_open = row.closes_at is None or row.closes_at > now
        is_theirs = newest.sender == Sender.BUYER.value
        _stand(row, wants=is_theirs and is_open, has_news=has_news, is_answered=not is_theirs)


def _open_words(entry: _Entry) -> str:
    if entry.seen.kind is not Kind.CHAT:
        return entry.row.text
    if entry.is_new:
        return unanswered((message.sender, message.text) for message in entry.seen.messages)
    return unanswered(entry.row.messages.values_list("sender", "text"))


def _stand(row: Interaction, *, wants: bool, has_news: bool, is_answered: bool) -> None:
    if wants and (has_news or not row.needs_response):
        row.status = Status.NEW
    elif not wants and row.status in (Status.NEW, Status.IN_PROGRESS):
        row.status = Status.RESPONDED if is_answered else Status.CLOSED
    row.needs_response = wants


def _merged(first: Seen, second: Seen) -> Seen:
    """Of two of one page the later; a chat has the messages of both."""
    if second.kind is not Kind.CHAT:
        return second
    messages = {message.id: message for message in (*first.messages, *second.messages)}
    in_order = sorted(messages.values(), key=lambda message: (message.at, message.id))
    return replace(second, messages=tuple(in_order), address={**first.address, **second.address})


def _add_messages(entries: Sequence[_Entry]) -> None:
    """Write down the messages that weren't known, and texts that were edited there; they are `fresh` then."""
    rows = Message.objects.filter(
        interaction__in=[entry.row for entry in entries],
        external_id__in={message.id for entry in entries for message in entry.seen.messages},
    )
    known = {(row.interaction_id, row.external_id): row for row in rows}
    made, edited = [], []
    for entry in entries:
        for message in entry.seen.messages:
            row = known.get((entry.row.pk, message.id))
            if row is None:
                row = Message(
                    interaction=entry.row,
                    external_id=message.id,
                    at=message.at,
                    sender=message.sender.value,
                    text=message.text,
                    attachments=_plain(message.attachments),
                )
                made.append(row)
            elif row.text != message.text:
                row.text = message.text
                edited.append(row)
            else:
                continue
            entry.fresh.append(message)
    Message.objects.bulk_create(made, batch_size=500)
    Message.objects.bulk_update(edited, ["text"], batch_size=100)


# --- Small parts -------------------------------------------------------------------------------------------


def _said(one: Seen) -> dict[str, Any]:
    return {
        "occurred_at": one.at,
        "buyer": one.buyer[:200],
        "rating": one.rating,
        "text": one.text,
        "pros": one.pros,
        "cons": one.cons,
        "sku": one.product.sku[:100],
        "offer_id": one.product.offer_id[:200],
        "product_name": one.product.name[:1000],
        "product_details": {
            name: value for name, value in (("size", one.product.size), ("color", one.product.color)) if value
        },
        "order_id": one.order_id[:100],
        "attachments": _plain(one.attachments),
        "tags": list(one.tags),
        "answers": [
            {
                "id": answer.id,
                "text": answer.text,
                "state": answer.state.value,
                "at": answer.at.isoformat() if answer.at else None,
                "may_be_edited": answer.may_be_edited,
            }
            for answer in one.answers
        ],
        "address": dict(one.address),
        "replaces": one.replaces[:200],
        "closes_at": one.closes_at,
    }


def _plain(attachments: Iterable[Any]) -> list[dict[str, str]]:
    return [{"name": one.name, "url": one.url, "media_type": one.media_type} for one in attachments]


def _hash(one: Seen) -> str:
    """Of all that the marketplace says but a chat's messages, which have rows of their own."""
    said = _said(one) | {"wants": one.wants_answer}
    if one.kind is Kind.CHAT:
        del said["text"], said["occurred_at"], said["wants"]
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _is_answered(one: Seen) -> bool:
    if one.kind is Kind.CHAT:
        return any(message.sender is Sender.SELLER for message in one.messages)
    return any(answer.state is not AnswerState.REJECTED for answer in one.answers)


def _products(connection: Connection, seen: Sequence[Seen]) -> dict[tuple[str, str], int]:
    """The seller's products that these are about, by kind and id: by the article or the marketplace's number. Where a
    marketplace tells of a chat only its own number (Wildberries) or the order (Yandex Market), by what else came about these."""
    ids = {external_id for one in seen for external_id in (one.product.offer_id, one.product.sku)} - {""}
    rows = Product.objects.filter(seller_id=connection.seller_id, external_id__in=ids) if ids else None
    known = dict(rows.values_list("external_id", "pk")) if rows is not None else {}
    found, rest = {}, []
    for one in seen:
        product = known.get(one.product.offer_id) or known.get(one.product.sku)
        if product is not None:
            found[one.kind.value, one.id] = product
        elif one.product.sku or one.order_id:
            rest.append(one)
    if not rest:
        return found
    said = Interaction.objects.filter(
        seller_id=connection.seller_id, platform=connection.platform, product__isnull=False
    )
    by_sku = _by(said, "sku", {one.product.sku for one in rest} - {""})
    by_order = _by(said, "order_id", {one.order_id for one in rest if not one.product.sku} - {""})
    for one in rest:
        product = by_sku.get(one.product.sku) if one.product.sku else by_order.get(one.order_id)
        if product is not None:
            found[one.kind.value, one.id] = product
    return found


def _by(said: models.QuerySet[Interaction], column: str, values: set[str]) -> dict[str, int]:
    """The product that all of those with such a value are about; none where they are about several."""
    if not values:
        return {}
    rows = said.filter(**{f"{column}__in": values, f"{column}__gt": ""}).order_by()
    pairs = list(rows.values_list(column, "product_id").distinct())
    counts = Counter(value for value, _product in pairs)
    return {value: product for value, product in pairs if counts[value] == 1}


def _close_replaced(connection: Connection, replaced: Sequence[str], now: datetime) -> list[int]:
    """A supplemented review comes under a new id: the first one wants no answer of its own any more. Ids of those closed."""
    if not replaced:
        return []
    first = Interaction.objects.filter(
        seller_id=connection.seller_id,
        platform=connection.platform,
        kind=Kind.REVIEW.value,
        external_id__in=replaced,
        needs_response=True,
    )
    ids = list(first.values_list("pk", flat=True))
    Interaction.objects.filter(pk__in=ids).update(needs_response=False, status=Status.CLOSED, changed_at=now)
    return ids
