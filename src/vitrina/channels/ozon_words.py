"""Ozon's JSON in our shapes. Pure: data in, data out; odd, missing and unknown fields are borne, never guessed at.

Ozon's own examples disagree with its types: booleans and numbers as text, mixed case, a Cyrillic «С» in a Latin
word. Everything that is compared is made plain first; what buyers wrote is carried as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

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

Row = Mapping[str, Any]

CHAT_OPEN_FOR = timedelta(hours=48)  # after the buyer's last message
_OPEN_QUESTIONS = {"new", "viewed", "unprocessed"}
_SENDERS = {"customer": Sender.BUYER, "seller": Sender.SELLER}
_OWN_HOST = "api-seller.ozon.ru"  # pictures of chats lie behind the key
_PICTURE = re.compile(r"\s*!\[(?P<name>[^\]]*)\]\((?P<url>\S*)\)\s*")
_CYRILLIC = str.maketrans("АВЕКМНОРСТУХаеорсух", "ABEKMHOPCTYXaeopcyx")


# --- Single values -----------------------------------------------------------------------------------------


def words_of(value: Any) -> str:
    """Text as it came; a number as its digits (ids come as both); anything else is nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return ""


def number_of(value: Any) -> int | None:
    text = words_of(value).strip()
    # Not `isdecimal`, which takes the digits of every script, nor more of them than an id can have.
    return int(text) if re.fullmatch(r"-?[0-9]{1,30}", text) else None


def sku_of(value: Any) -> int | None:
    """As a request takes it: a whole number of 63 bits."""
    sku = number_of(value)
    return sku if sku is not None and 0 < sku < 2**63 else None


def is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def moment_of(value: Any) -> datetime | None:
    """RFC 3339; without a zone it is UTC. None where it is no moment, or one at the edges of the calendar."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def plain(value: Any) -> str:
    """A word of Ozon's to compare by: Latin, small, letters only; `Buyer_Seller` and `BUYER_SELLER` are one."""
    latin = words_of(value).translate(_CYRILLIC).casefold()
    return "".join(letter for letter in latin if letter.isalnum())


def rows_of(value: Any) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def row_of(value: Any) -> Row:
    return value if isinstance(value, dict) else {}


# --- Reviews -----------------------------------------------------------------------------------------------


def seen_review(item: Row, comments: Iterable[Row], *, now: datetime) -> Seen | None:
    """None where it has no id. `now` stands in for a date that isn't told."""
    if not (review_id := words_of(item.get("id"))):
        return None
    answers = tuple(answer for row in comments if (answer := _own_comment(row)))
    status = plain(item.get("status"))
    rating = number_of(item.get("rating"))
    return Seen(
        kind=Kind.REVIEW,
        id=review_id,
        at=moment_of(item.get("published_at")) or now,
        wants_answer=status == "unprocessed" or (status != "processed" and not answers),
        text=words_of(item.get("text")),
        rating=rating if rating is not None and 1 <= rating <= 5 else None,
        product=ProductSeen(sku=words_of(item.get("sku"))),
        answers=answers,
        attachments=_media(item),
        tags=("cancelled",) if plain(item.get("order_status")) == "cancelled" else (),
    )


def has_media(item: Row) -> bool:
    return bool(number_of(item.get("photos_amount")) or number_of(item.get("videos_amount")))


def _own_comment(row: Row) -> Answer | None:
    """A comment of the shop. Ozon lists those alone that passed moderation. Official are others as well: whether it is the
    shop's, `is_owner` says, where it is told at all."""
    if not is_true(row.get("is_official" if row.get("is_owner") is None else "is_owner")):
        return None
    return Answer(
        text=words_of(row.get("text")),
        state=AnswerState.PUBLISHED,
        id=words_of(row.get("id")),
        at=moment_of(row.get("published_at")),
        may_be_edited=False,
    )


def _media(item: Row) -> tuple[Attachment, ...]:
    """Where only their number is told (a list does that), they stand there without an address."""
    made: list[Attachment] = []
    for one, many, media_type in (("photo", "photos", "image/*"), ("video", "videos", "video/*")):
        urls = [_web_address(row.get("url")) for row in rows_of(item.get(many))]
        told = min(max(number_of(item.get(f"{many}_amount")) or 0, 0), 100)
        urls += [""] * (told - len(urls))
        made += [Attachment(f"{one} {n}", url, media_type) for n, url in enumerate(urls, start=1)]
    return tuple(made)


# --- Questions ---------------------------------------------------------------------------------------------


def seen_question(item: Row, answers: Iterable[Row], *, now: datetime) -> Seen | None:
    if not (question_id := words_of(item.get("id"))):
        return None
    given = tuple(_question_answer(row) for row in answers)
    status, sku = plain(item.get("status")), words_of(item.get("sku"))
    return Seen(
        kind=Kind.QUESTION,
        id=question_id,
        at=moment_of(item.get("published_at")) or now,
        wants_answer=status in _OPEN_QUESTIONS or (status != "processed" and not given),
        text=words_of(item.get("text")),
        buyer=words_of(item.get("author_name")),
        product=ProductSeen(sku=sku),
        answers=given,
        address={"sku": sku} if sku else {},
    )


def _question_answer(row: Row) -> Answer:
    # Unlike with comments, Ozon doesn't say whether the list shows what moderation has not seen yet.
    return Answer(
        text=words_of(row.get("text")),
        state=AnswerState.UNKNOWN,
        id=words_of(row.get("id")),
        at=moment_of(row.get("published_at")),
        may_be_edited=False,
    )


# --- Chats -------------------------------------------------------------------------------------------------


def is_with_buyer(chat: Row) -> bool:
    """Also of those who ordered at Ozon Select. The rest are with Ozon itself."""
    return plain(chat.get("chat_type")) in ("buyerseller", "buyersellerselect")


def seen_chat(chat: Row, history: Sequence[Row], *, now: datetime) -> Seen | None:
    """`chat`: what the list says of it, its id at least; `history`: its newest messages in any order."""
    if not (chat_id := words_of(chat.get("chat_id"))):
        return None
    dated = [(moment_of(row.get("created_at")), row) for row in history]
    in_order = sorted(
        ((at or now, row) for at, row in dated),
        key=lambda pair: (pair[0], number_of(pair[1].get("message_id")) or 0),
    )
    messages = tuple(made for at, row in in_order if (made := _message(at, row)))
    people = [message for message in messages if message.sender is not Sender.PLATFORM]
    buyers = [message for message in people if message.sender is Sender.BUYER]
    contexts = [row_of(row.get("context")) for _, row in in_order]
    is_closed = plain(chat.get("chat_status")) == "closed"
    if is_closed and messages:
        closes_at: datetime | None = messages[-1].at  # when it was closed isn't told; that it is, is
    else:
        closes_at = _closing(buyers[-1].at) if buyers else None
    return Seen(
        kind=Kind.CHAT,
        id=chat_id,
        at=messages[-1].at if messages else moment_of(chat.get("created_at")) or now,
        wants_answer=bool(people) and people[-1].sender is Sender.BUYER and not is_closed,
        product=ProductSeen(sku=_newest(contexts, "sku")),
        order_id=_newest(contexts, "order_number"),
        messages=messages,
        closes_at=closes_at,
    )


def _message(at: datetime, row: Row) -> Message | None:
    if not (message_id := words_of(row.get("message_id"))):
        return None
    data = row.get("data")
    parts = [part for part in (data if isinstance(data, list) else [data]) if isinstance(part, str)]
    pictures = [_PICTURE.fullmatch(part) if is_true(row.get("is_image")) else None for part in parts]
    attachments = tuple(
        Attachment(_file_name(found["url"]) or "image", _open_address(found["url"]), "image/*")
        for found in pictures
        if found
    )
    if is_true(row.get("is_image")) and not attachments:
        attachments = (Attachment("image", "", "image/*"),)
    return Message(
        id=message_id,
        at=at,
        sender=_SENDERS.get(plain(row_of(row.get("user")).get("type")), Sender.PLATFORM),
        text="\n".join(part for part, found in zip(parts, pictures, strict=True) if not found),
        attachments=attachments,
    )


def _closing(spoken_at: datetime) -> datetime | None:
    try:
        return spoken_at + CHAT_OPEN_FOR
    except OverflowError:
        return None


def _newest(contexts: Sequence[Row], name: str) -> str:
    return next((told for row in reversed(contexts) if (told := words_of(row.get(name)))), "")


# --- Products ----------------------------------------------------------------------------------------------


def products_by_sku(rows: Iterable[Row]) -> dict[str, ProductSeen]:
    """A product has an SKU of its own and may have others by where it is sold from."""
    known: dict[str, ProductSeen] = {}
    for row in rows:
        for place in (row, *rows_of(row.get("sources"))):
            if sku := words_of(place.get("sku")):
                offer_id, name = words_of(row.get("offer_id")), words_of(row.get("name"))
                known[sku] = ProductSeen(sku=sku, offer_id=offer_id, name=name)
    return known


# --- Addresses ---------------------------------------------------------------------------------------------


def _web_address(value: Any) -> str:
    """An address that a browser may open, or nothing: a `javascript:` is none."""
    url = words_of(value).strip()
    return url if url.startswith(("https://", "http://")) and _host(url) else ""


def _open_address(value: str) -> str:
    return url if (url := _web_address(value)) and _host(url) != _OWN_HOST else ""


def _file_name(url: str) -> str:
    return url.split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1][:200] if _host(url) else ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
