"""What Yandex Market says, in this room's words: its JSON becomes Seen, its errors ours. Pure.

Nothing here fails on a field that is missing, new or of another type: what can be read is kept, the rest is empty.
A row without an id can't be spoken about; for it there is None. Facts: the Market's OpenAPI files of 2026-07-17.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeGuard

from vitrina.channels.errors import (
    ChannelError,
    CredentialsRefused,
    NotOpen,
    NotThere,
    Refused,
    Throttled,
    Unavailable,
)
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
from vitrina.channels.wire import Answered

NAME = "Yandex Market"
SCOPE, CARDS_SCOPE = "communication", "offers-and-cards-management"
PARALLEL_SECONDS = 1.0  # a place among the four requests at once is free again soon
UNTOLD_SECONDS = 60.0  # a quota is used up, and until when isn't said
MOST_SECONDS = 24 * 3600.0
MIGRATION_SECONDS = 3600.0  # a business being moved isn't moved in a minute
UNSURE = frozenset({408, 499})  # the Market believes that we hung up; what it did before isn't told

_STATES = {
    "PUBLISHED": AnswerState.PUBLISHED,
    "UNMODERATED": AnswerState.MODERATION,
    "BANNED": AnswerState.REJECTED,
    "DELETED": AnswerState.REJECTED,  # it was there and was taken down
}
_SENDERS = {
    "CUSTOMER": Sender.BUYER,
    "PARTNER": Sender.SELLER,
}  # MARKET, SUPPORT and what comes new: the platform
OPEN_CHATS = ("NEW", "WAITING_FOR_PARTNER")
# Error messages repeat the rejected value, which may be a text of ours or a buyer's: only a code and a field are kept.
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,60}")
_FIELD = re.compile(r"'([A-Za-z][A-Za-z0-9.\[\]]{0,60})'")


# --- Reviews, questions, chats -----------------------------------------------------------------------------


def review(row: Any, comments: Sequence[Any], *, is_open: bool = False, read_at: datetime) -> Seen | None:
    """`comments`: of this review; those that the business itself wrote to the review are its answers. `is_open`: it
    stood in a list of those that want an answer."""
    id_ = id_of(row, "feedbackId")
    if not id_:
        return None
    described, numbers, identifiers = (
        map_of(row, name) for name in ("description", "statistics", "identifiers")
    )
    rating, paid, needs = numbers.get("rating"), numbers.get("paidAmount"), row.get("needReaction")
    return Seen(
        kind=Kind.REVIEW,
        id=id_,
        at=moment(row.get("createdAt")) or read_at,
        wants_answer=needs if isinstance(needs, bool) else is_open,
        text=words(described.get("comment")),
        pros=words(described.get("advantages")),
        cons=words(described.get("disadvantages")),
        rating=int(rating) if _is_number(rating) and rating in range(1, 6) else None,
        buyer=words(row.get("author")),
        product=ProductSeen(offer_id=words(identifiers.get("offerId"))),
        order_id=number(identifiers.get("orderId")),
        answers=tuple(
            made
            for comment in comments
            # With a parent it answers a comment, not the review.
            if isinstance(comment, dict) and not number(comment.get("parentId"))
            if (made := answer(comment)) is not None
        ),
        attachments=_media(map_of(row, "media")),
        tags=("paid",) if _is_number(paid) and paid > 0 else (),
    )


def question(
    row: Any, answers: Sequence[Any], *, wants_answer: bool | None = None, read_at: datetime
) -> Seen | None:
    """`wants_answer` None: the Market's list didn't say it, so it is whether an answer of the business stands."""
    id_ = question_id(row)
    if not id_:
        return None
    ours = tuple(made for one in answers if (made := answer(one)) is not None)
    asked_at = moment(row.get("createdAt"))
    if wants_answer is None:
        wants_answer = all(one.state is AnswerState.REJECTED for one in ours)
    return Seen(
        kind=Kind.QUESTION,
        id=id_,
        at=asked_at or read_at,
        wants_answer=wants_answer,
        text=words(row.get("text")),
        buyer=words(map_of(row, "author").get("name")),
        product=ProductSeen(offer_id=words(map_of(row, "questionIdentifiers").get("offerId"))),
        answers=ours,
        address={"asked_on": asked_at.date().isoformat()} if asked_at else {},
    )


def question_id(row: Any) -> str:
    return id_of(map_of(row, "questionIdentifiers"), "id")


def chat(row: Any, messages: Sequence[Any], *, read_at: datetime) -> Seen | None:
    id_ = id_of(row, "chatId")
    if not id_:
        return None
    context = map_of(row, "context")
    customer = map_of(context, "customer")
    said = {one.id: one for raw in messages if (one := message(raw, read_at=read_at)) is not None}
    lines = tuple(sorted(said.values(), key=lambda one: (one.at, len(one.id), one.id)))
    status = row.get("status")
    return Seen(
        kind=Kind.CHAT,
        id=id_,
        at=moment(row.get("createdAt")) or read_at,
        # A new chat that only the shop has spoken in waits for nobody.
        wants_answer=status == "WAITING_FOR_PARTNER"
        or (status == "NEW" and any(line.sender is Sender.BUYER for line in lines)),
        buyer=words(customer.get("name")),
        order_id=number(context.get("orderId")) or number(row.get("orderId")),
        messages=lines,
        tags=tuple(words(value).lower() for value in (context.get("type"), status) if words(value)),
    )


def message(row: Any, *, read_at: datetime) -> Message | None:
    id_ = id_of(row, "messageId")
    if not id_:
        return None
    return Message(
        id=id_,
        at=moment(row.get("createdAt")) or read_at,
        sender=_SENDERS.get(words(row.get("sender")), Sender.PLATFORM),
        text=words(row.get("message")),
        attachments=tuple(
            Attachment(words(file.get("name")), words(file.get("url")))
            for file in listed(row.get("payload"))
            if isinstance(file, dict)
        ),
    )


def answer(row: Any) -> Answer | None:
    """Of a comment to a review or of an answer to a question; None where the business didn't write it."""
    if not isinstance(row, dict) or map_of(row, "author").get("type") != "BUSINESS":
        return None
    may = row.get("canModify")
    return Answer(
        text=words(row.get("text")),
        state=_STATES.get(words(row.get("status")), AnswerState.UNKNOWN),
        id=number(row.get("id")),
        at=moment(row.get("createdAt")),
        may_be_edited=may if isinstance(may, bool) else None,
    )


def comment_count(row: Any) -> int:
    count = map_of(row, "statistics").get("commentsCount")
    return int(count) if _is_number(count) else 0


def _media(media: Mapping[str, Any]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(url.rsplit("/", 1)[-1], url, media_type)
        for name, media_type in (("photos", "image/*"), ("videos", "video/*"))
        for url in listed(media.get(name))
        if isinstance(url, str) and url
    )


# --- Values ------------------------------------------------------------------------------------------------


def words(value: Any) -> str:
    return value if isinstance(value, str) else ""


def number(value: Any) -> str:
    """An int64 as text; empty for none."""
    if _is_number(value) and value == int(value) and value > 0:
        return str(int(value))
    return value if isinstance(value, str) and value.isascii() and value.isdigit() and int(value) > 0 else ""


def id_of(row: Any, name: str) -> str:
    return number(row.get(name)) if isinstance(row, dict) else ""


def moment(value: Any) -> datetime | None:
    """An ISO moment with its offset; without one it is taken for UTC. None for what no calendar of a shop holds."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if 2000 <= at.year < 2100 else None


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def map_of(row: Any, name: str) -> Mapping[str, Any]:
    value = row.get(name) if isinstance(row, Mapping) else None
    return value if isinstance(value, dict) else {}


def _is_number(value: Any) -> TypeGuard[int | float]:
    """No bool, no NaN, no infinity (JSON has none, but nothing here may fail)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**63


# --- Errors ------------------------------------------------------------------------------------------------


def judge(answered: Answered, *, now: datetime | None = None, scope: str = SCOPE) -> ChannelError | None:
    """What an answer that isn't good means; None: nothing of the Market's own, the status alone says it. `scope`: the
    access that was needed."""
    status = answered.status
    if status == 401:
        return CredentialsRefused(
            f"{NAME} doesn't know the API key (status 401): it is wrong or was withdrawn.", status=status
        )
    if status == 403:
        return NotOpen(
            f"{NAME} closed this to the API key (status 403): it needs the access «{scope}», "
            f"and the business must be the key's own.",
            needs=scope,
            is_plan=False,
            status=status,
        )
    if status == 404:
        return NotThere(f"{NAME} has no such thing (status 404{_told(answered.body)}).", status=status)
    if status in (420, 429):
        return _throttled(answered, now or datetime.now(UTC))
    if status == 423:
        return Unavailable(
            f"{NAME} is moving this business and takes no requests meanwhile (status 423).",
            retry_after=MIGRATION_SECONDS,
            status=status,
        )
    if status in UNSURE:
        return Unavailable(f"{NAME} gave the request up (status {status}).", status=status)
    if 400 <= status < 500:
        return refused(answered.body, status=status)
    return None


def refused(body: Any, *, status: int) -> Refused:
    return Refused(f"{NAME} refused the request (status {status}{_told(body)}).", status=status)


def _throttled(answered: Answered, now: datetime) -> Throttled:
    """Two dialects: more than four requests at once, or a quota used up until the moment that a header names."""
    headers = answered.headers
    remaining = headers.get("x-ratelimit-resource-remaining", "").strip()
    message = " ".join(words(error.get("message")) for error in _errors(answered.body))
    if "parallel requests" in message or (remaining.isdecimal() and int(remaining) > 0):
        return Throttled(
            f"{NAME} takes four requests at once at most.",
            retry_after=PARALLEL_SECONDS,
            status=answered.status,
        )
    until = _date(headers.get("x-ratelimit-resource-until"))
    seconds = UNTOLD_SECONDS
    if until is not None:
        # Counted by the server's own clock; ours may be wrong.
        seconds = (until - (_date(headers.get("date")) or now)).total_seconds()
        seconds = min(max(seconds, PARALLEL_SECONDS), MOST_SECONDS)
    return Throttled(
        f"The quota of {NAME} for this is used up; it goes on in {seconds:.0f} s.",
        retry_after=seconds,
        status=answered.status,
    )


def _date(value: str | None) -> datetime | None:
    """A date as in an e-mail, e.g. "Thu, 10 Jul 2026 00:42:42 GMT"."""
    if not value:
        return None
    try:
        at = parsedate_to_datetime(value)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _errors(body: Any) -> list[dict[str, Any]]:
    errors = listed(body.get("errors")) if isinstance(body, dict) else []
    return [error for error in errors if isinstance(error, dict)]


def _told(body: Any) -> str:
    """ ", BAD_REQUEST about text": what may be repeated of an error's words."""
    for error in _errors(body):
        if _CODE.fullmatch(code := words(error.get("code"))):
            field = _FIELD.match(words(error.get("message")))
            return f", {code}" + (f" about {field[1]}" if field else "")
    return ""
