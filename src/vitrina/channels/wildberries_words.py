"""What Wildberries says, in our shapes: reviews, questions, chats, and what is written in a token. Pure.

Nothing here fails over a field that is missing, odd or new: what can be read is kept. Source of the fields and their
values: the marketplace's own API description, as of December 2025.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from vitrina.channels.ports import (
    Answer,
    AnswerState,
    Attachment,
    Kind,
    Message,
    ProductSeen,
    Seen,
    Sender,
)

REPLY_SIGN = "replySign"  # what a message to a chat must carry
OPEN_FOR = timedelta(days=30)  # then an unanswered review goes to the archive

_ANSWER_STATES = {
    "none": AnswerState.MODERATION,  # «new»: taken, and not on the site yet
    "reviewRequired": AnswerState.MODERATION,
    "wbRu": AnswerState.PUBLISHED,
    "rejected": AnswerState.REJECTED,
}
# The description spells the first one with Cyrillic letters, its example with Latin ones.
_FITS = {
    "ok": "соответствует размеру",
    "ок": "соответствует размеру",
    "smaller": "маломерит",
    "bigger": "большемерит",
}
_SENDERS = {"client": Sender.BUYER, "seller": Sender.SELLER}
_HLS = "application/vnd.apple.mpegurl"
_EARLIEST, _LATEST = 2000, 2200  # years; beyond them it is an empty value of some program


# --- Reviews and questions ---------------------------------------------------------------------------------


def review(row: Any, *, now: datetime, is_open: bool | None = None) -> Seen | None:
    """None where there is no id. `is_open`: which list it stood in; None: it was asked for alone."""
    row = mapping(row)
    if not (id_ := word(row.get("id"))):
        return None
    at = moment(row.get("createdDate"))
    closes_at = at + OPEN_FOR if at else None
    answers = _review_answers(row.get("answer"))
    if is_open is None:
        is_late = closes_at is not None and closes_at <= now
        is_open = row.get("state") != "wbRu" and not _stands(answers) and not is_late
    details = mapping(row.get("productDetails"))
    return Seen(
        kind=Kind.REVIEW,
        id=id_,
        at=at or now,
        wants_answer=is_open,
        text=word(row.get("text")),
        pros=word(row.get("pros")),
        cons=word(row.get("cons")),
        rating=_rating(row.get("productValuation")),
        buyer=word(row.get("userName")),
        product=_product(details, color=word(row.get("color"))),
        order_id=_number(row.get("lastOrderShkId")),
        answers=answers,
        attachments=(*_photos(row.get("photoLinks")), *_video(row.get("video"))),
        replaces=word(row.get("parentFeedbackId")),
        closes_at=closes_at,
        tags=_tags(row),
    )


def question(row: Any, *, now: datetime, is_open: bool | None = None) -> Seen | None:
    """None where there is no id."""
    row = mapping(row)
    if not (id_ := word(row.get("id"))):
        return None
    state = word(row.get("state"))
    answers = _question_answers(row.get("answer"), state)
    if is_open is None:
        # "none" is a question that the seller turned down.
        is_open = not answers and state not in ("wbRu", "none")
    return Seen(
        kind=Kind.QUESTION,
        id=id_,
        at=moment(row.get("createdDate")) or now,
        wants_answer=is_open,
        text=word(row.get("text")),
        buyer=word(row.get("userName")),
        product=_product(mapping(row.get("productDetails"))),
        answers=answers,
    )


def _stands(answers: tuple[Answer, ...]) -> bool:
    return any(answer.state is not AnswerState.REJECTED for answer in answers)


def _review_answers(value: Any) -> tuple[Answer, ...]:
    answer = mapping(value)
    if not (text := word(answer.get("text"))):
        return ()
    state = _ANSWER_STATES.get(word(answer.get("state")), AnswerState.UNKNOWN)
    return (Answer(text, state, may_be_edited=_yes_or_no(answer.get("editable"))),)


def _question_answers(value: Any, state: str) -> tuple[Answer, ...]:
    """The answer has no state of its own: the question's tells whether both are shown."""
    answer = mapping(value)
    if not (text := word(answer.get("text"))):
        return ()
    shown = {"wbRu": AnswerState.PUBLISHED, "suppliersPortalSynch": AnswerState.MODERATION}
    return (
        Answer(
            text,
            shown.get(state, AnswerState.UNKNOWN),
            at=moment(answer.get("createDate")),
            may_be_edited=_yes_or_no(answer.get("editable")),
        ),
    )


def _product(details: Mapping[str, Any], *, color: str = "") -> ProductSeen:
    size = word(details.get("size"))
    return ProductSeen(
        sku=_number(details.get("nmId")),
        offer_id=word(details.get("supplierArticle")),
        name=word(details.get("productName")),
        size="" if size == "0" else size,  # a product that has no sizes
        color="" if color == "colorless" else color,
    )


def _tags(row: Mapping[str, Any]) -> tuple[str, ...]:
    tags = [word(tag) for tag in items(row.get("bables"))]
    fit = word(row.get("matchingSize")).strip()
    return tuple(tag for tag in (*tags, _FITS.get(fit, fit)) if tag)


def _photos(value: Any) -> Iterable[Attachment]:
    for photo in map(mapping, items(value)):
        if url := _address(photo.get("fullSize")) or _address(photo.get("miniSize")):
            yield Attachment(_last_part(url), url, "image/*")


def _video(value: Any) -> Iterable[Attachment]:
    if url := _address(mapping(value).get("link")):
        yield Attachment(_last_part(url), url, _HLS)


# --- Chats -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Batch:
    """Events of all chats in the order of their moments. `next`: what to ask with for those after them; 0: not told."""

    events: list[Any]
    next: int


def batch(body: Any) -> Batch | None:
    """None: it isn't one. An empty one is the end."""
    result = mapping(mapping(body).get("result"))
    events = result.get("events")
    if events is None and result.get("totalEvents") == 0:
        events = []
    if not isinstance(events, list):
        return None
    onward = whole(result.get("next")) or 0
    return Batch(events if result.get("totalEvents") != 0 else [], onward)


def event_time(event: Any) -> datetime | None:
    event = mapping(event)
    return millisecond(event.get("addTimestamp")) or moment(event.get("addTime"))


def chats(events: Iterable[Any], *, now: datetime) -> list[Seen]:
    """The chats that these events belong to, each with its messages, oldest first; an event counts once."""
    by_chat: dict[str, dict[str, Mapping[str, Any]]] = {}
    for event in map(mapping, events):
        chat_id, event_id = word(event.get("chatID")), word(event.get("eventID"))
        if chat_id and event_id:
            by_chat.setdefault(chat_id, {}).setdefault(event_id, event)
    return [_chat(chat_id, list(known.values()), now) for chat_id, known in by_chat.items()]


def chat_of(chat: Any, seen: Seen | None, *, now: datetime) -> Seen:
    """A row of the list of chats, with the messages that were `seen` of it. Events tell the order and the sign in a
    chat's first one only, the list always."""
    chat = mapping(chat)
    last = millisecond(mapping(chat.get("lastMessage")).get("addTimestamp"))
    if seen is None:
        seen = Seen(kind=Kind.CHAT, id=word(chat.get("chatID")), at=last or now, wants_answer=False)
    card = mapping(chat.get("goodCard"))
    product = _card_product(card)
    return replace(
        seen,
        buyer=word(chat.get("clientName")) or seen.buyer,
        product=product if product.sku else seen.product,
        order_id=word(card.get("rid")) or seen.order_id,
        address=_signed(chat.get(REPLY_SIGN)) or seen.address,
    )


def _wants_answer(messages: Iterable[Message]) -> bool:
    """The buyer had the last word, the marketplace's own left aside."""
    turns = [message.sender for message in messages if message.sender is not Sender.PLATFORM]
    return bool(turns) and turns[-1] is Sender.BUYER


def _chat(chat_id: str, events: list[Mapping[str, Any]], now: datetime) -> Seen:
    messages = sorted((_message(event, now) for event in events), key=lambda message: message.at)
    cards = [mapping(_attached(event).get("goodCard")) for event in events]
    card = next((card for card in cards if card), {})
    signs = [_signed(event.get(REPLY_SIGN)) for event in events]
    return Seen(
        kind=Kind.CHAT,
        id=chat_id,
        at=messages[0].at,
        wants_answer=_wants_answer(messages),
        buyer=next((name for event in events if (name := word(event.get("clientName")))), ""),
        product=_card_product(card),
        order_id=word(card.get("rid")),
        messages=tuple(messages),
        address=next((sign for sign in reversed(signs) if sign), {}),
    )


def _message(event: Mapping[str, Any], now: datetime) -> Message:
    """An event may have no words at all; that somebody did something stands there nevertheless."""
    return Message(
        id=word(event.get("eventID")),
        at=event_time(event) or now,
        sender=_SENDERS.get(word(event.get("sender")), Sender.PLATFORM),
        text=word(mapping(event.get("message")).get("text")),
        attachments=tuple(_files(_attached(event))),
    )


def _attached(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(mapping(event.get("message")).get("attachments"))


def _files(attached: Mapping[str, Any]) -> Iterable[Attachment]:
    for file in map(mapping, items(attached.get("files"))):
        name = word(file.get("name")) or word(file.get("downloadID"))
        if name:
            yield Attachment(name, _address(file.get("url")), word(file.get("contentType")))
    for image in map(mapping, items(attached.get("images"))):
        url = _address(image.get("url"))
        if name := _last_part(url) or word(image.get("downloadID")):
            yield Attachment(name, url, "image/*")


def _card_product(card: Mapping[str, Any]) -> ProductSeen:
    size = word(card.get("size"))
    return ProductSeen(sku=_number(card.get("nmID")), size="" if size == "0" else size)


def _signed(value: Any) -> dict[str, str]:
    return {REPLY_SIGN: sign} if (sign := word(value)) else {}


# --- Tokens ------------------------------------------------------------------------------------------------

# Places of rights in the mask. Sources disagree whether the first one is 0 or 1; a right counts where either has it.
_RIGHTS = {Kind.REVIEW: 7, Kind.QUESTION: 7, Kind.CHAT: 9}
_RIGHT_TO_CARDS = 1


@dataclass(frozen=True)
class Token:
    """What a token says about itself. `allowed`: by channel; missing where it doesn't say. `seller`: whose it is.

    `allows_cards`: True where it doesn't say.
    """

    expires_at: datetime | None
    allowed: Mapping[Kind, bool]
    seller: str = ""
    allows_cards: bool = True


def token_of(token: str) -> Token:
    """Reads, doesn't verify: that is the marketplace's to do. Of what isn't a JWT nothing is known."""
    claims = _claims(token)
    expires, mask = claims.get("exp"), claims.get("s")
    allowed: dict[Kind, bool] = {}
    allows_cards = True
    if isinstance(mask, int) and not isinstance(mask, bool) and mask >= 0:
        allowed = {kind: _has(mask, place) for kind, place in _RIGHTS.items()}
        allows_cards = _has(mask, _RIGHT_TO_CARDS)
    return Token(_second(expires), allowed, word(claims.get("sid"))[:100], allows_cards)


def _has(mask: int, place: int) -> bool:
    return bool(mask & (0b11 << (place - 1)))


def _claims(token: str) -> Mapping[str, Any]:
    parts = token.split(" ")[-1].split(".")
    if len(parts) != 3:
        return {}
    try:
        return mapping(orjson.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))))
    except (ValueError, binascii.Error):
        return {}


# --- Values ------------------------------------------------------------------------------------------------


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def word(value: Any) -> str:
    """A text as it came; a number as its digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def moment(value: Any) -> datetime | None:
    """RFC 3339, with nanoseconds too (the last three digits go)."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not _EARLIEST <= at.year <= _LATEST:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def millisecond(value: Any) -> datetime | None:
    number = whole(value)
    if number is None or not 0 < number < 7_000_000_000_000:
        return None
    return datetime.fromtimestamp(number // 1000, UTC) + timedelta(milliseconds=number % 1000)


def _second(value: Any) -> datetime | None:
    number = whole(value)
    return millisecond(number * 1000) if number is not None else None


def _number(value: Any) -> str:
    """An id; these say 0 where there is none."""
    return "" if value == 0 else word(value)


def _rating(value: Any) -> int | None:
    stars = whole(value)
    return stars if stars is not None and 1 <= stars <= 5 else None


def _yes_or_no(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _address(value: Any) -> str:
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else ""


def _last_part(url: str) -> str:
    return url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
