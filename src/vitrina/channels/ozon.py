"""Ozon: reviews, questions and chats of one shop over its Seller API. Source: the API's description of April 2026.

A pass over reviews and questions goes through their statuses, first all that want an answer, however old, then the
answered ones down to where the last pass began. After some number of answers Ozon may stop saving them without a
word; what stands there only `look` tells. Its products are read in ozon_products.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from vitrina.channels.checking import check
from vitrina.channels.errors import InDoubt, NotOpen, NotThere, Refused, Unreadable
from vitrina.channels.ozon_door import HOST, OzonDoor
from vitrina.channels.ozon_faults import plan_of
from vitrina.channels.ozon_paging import Place, items_of, later, next_of
from vitrina.channels.ozon_products import METHODS as PRODUCT_METHODS
from vitrina.channels.ozon_products import OzonProductSource
from vitrina.channels.ozon_words import (
    Row,
    has_media,
    is_true,
    is_with_buyer,
    moment_of,
    number_of,
    plain,
    products_by_sku,
    row_of,
    rows_of,
    seen_chat,
    seen_question,
    seen_review,
    sku_of,
    words_of,
)
from vitrina.channels.platforms import Account, Credential, Platform
from vitrina.channels.ports import (
    Abilities,
    Access,
    AccessState,
    Channel,
    Kind,
    Page,
    Probe,
    Seen,
    Sent,
)

logger = logging.getLogger(__name__)

PAGE = 100
MESSAGES = 100  # the newest of a chat that a reading shows
MOST_PAGES = 10  # of the comments to a review and the answers to a question

REVIEW_STATUSES = ("UNPROCESSED", "PROCESSED")
# Each of the three counts for itself, and a question moves down this row alone: none slips by between two phases.
QUESTION_STATUSES = ("NEW", "VIEWED", "UNPROCESSED", "PROCESSED")

ABILITIES: Mapping[Kind, Abilities] = {
    # How long a comment may be isn't told anywhere (looked for in November 2026): this is the shortest limit that is.
    Kind.REVIEW: Abilities(answer_least=1, answer_most=1000),
    Kind.QUESTION: Abilities(answer_least=2, answer_most=3000),
    # A chat that somebody read and left unanswered isn't shown again, though it wants an answer. Where the shop brings the
    # goods itself, it may write until three days after they arrived; whether it does, a chat doesn't say.
    Kind.CHAT: Abilities(
        answer_least=1, answer_most=1000, is_public=False, lists_all_open=False, closes_surely=False
    ),
}
# What a key must be allowed to ask for a channel to be read and answered; the first is tried where a plan isn't sure.
METHODS: Mapping[Kind, tuple[str, ...]] = {
    Kind.REVIEW: (
        "/v1/review/list",
        "/v1/review/info",
        "/v1/review/comment/list",
        "/v1/review/comment/create",
    ),
    Kind.QUESTION: (
        "/v1/question/list",
        "/v1/question/info",
        "/v1/question/answer/list",
        "/v1/question/answer/create",
    ),
    Kind.CHAT: ("/v3/chat/list", "/v3/chat/history", "/v1/chat/send/message"),
}
CHAT_PLANS = {"premiumplus", "premiumpro"}
_UNSURE = "Ozon's answer doesn't say whether it took what was sent; that is looked up first."


class Ozon:
    def __init__(self, account: Account) -> None:
        self._door = OzonDoor(account)
        self._knows_products = True  # until Ozon says that the key has no right to them

    @property
    def abilities(self) -> Mapping[Kind, Abilities]:
        return ABILITIES

    def shop(self) -> str:
        return self._door.client_id

    # --- What the credentials open -------------------------------------------------------------------------

    def probe(self) -> Probe:
        roles = self._told("/v1/roles")
        info = self._told("/v1/seller/info")
        rights = {
            words_of(method) for role in rows_of(roles.get("roles")) for method in _list(role, "methods")
        }
        plan = plain(row_of(info.get("subscription")).get("type"))
        return Probe(
            access={kind: self._access(kind, rights, plan) for kind in Kind},
            seller_name=words_of(row_of(info.get("company")).get("name")),
            expires_at=moment_of(roles.get("expires_at")),
            cards=self._access_to_products(rights),
        )

    def _told(self, path: str) -> Row:
        """Empty where the key has no right to ask even that."""
        try:
            return row_of(self._ask(path, {}))
        except NotOpen:
            return {}

    def _access(self, kind: Kind, rights: set[str], plan: str) -> Access:
        if rights and (missing := [method for method in METHODS[kind] if not _covers(rights, method)]):
            return Access(AccessState.NEEDS_RIGHT, missing[0])
        first = METHODS[kind][0]
        if kind is Kind.CHAT:  # its list is open to everybody, so trying it says nothing
            if plan in CHAT_PLANS:
                return Access(AccessState.OPEN)
            state = AccessState.UNKNOWN if plan in ("", "unknown") else AccessState.NEEDS_PLAN
            return Access(state, plan_of(first))
        # Reviews are sold apart from the plans too, and no field tells that: the door itself is asked.
        try:
            self._ask(first, {"limit": 20} if kind is Kind.REVIEW else {})
        except NotOpen as error:
            state = AccessState.NEEDS_PLAN if error.is_plan else AccessState.NEEDS_RIGHT
            return Access(state, error.needs)
        return Access(AccessState.OPEN)

    def _access_to_products(self, rights: set[str]) -> Access:
        """No plan is needed for them; where the rights aren't told, the door itself is asked."""
        if rights:
            missing = [method for method in PRODUCT_METHODS if not _covers(rights, method)]
            return Access(AccessState.NEEDS_RIGHT, missing[0]) if missing else Access(AccessState.OPEN)
        try:
            self._ask(PRODUCT_METHODS[0], {"filter": {}, "limit": 1})
        except NotOpen as error:
            return Access(AccessState.NEEDS_RIGHT, error.needs)
        return Access(AccessState.OPEN)

    # --- Reading -------------------------------------------------------------------------------------------

    def read(self, kind: Kind, cursor: str, *, since: datetime) -> Page:
        place = Place.of(cursor)
        if kind is Kind.CHAT:
            return self._chats(place, since)
        if not moment_of(place.floor):
            place = replace(place, floor=since.astimezone(UTC).isoformat())
        return self._reviews(place) if kind is Kind.REVIEW else self._questions(place)

    def _reviews(self, place: Place) -> Page:
        asked = {"limit": PAGE, "sort_dir": "DESC", "status": place.status_of(REVIEW_STATUSES)}
        body = self._ask("/v1/review/list", asked | ({"last_id": place.at} if place.at else {}))
        items = items_of(body, "reviews", beside=("has_next", "last_id"))
        goes_on = next_of(body, "last_id", place) if is_true(body.get("has_next")) else ""
        return self._page(items, place, goes_on, len(REVIEW_STATUSES), self._review)

    def _questions(self, place: Place) -> Page:
        status = place.status_of(QUESTION_STATUSES)
        wanted = {"status": status} | ({"date_from": place.floor} if status == "PROCESSED" else {})
        body = self._ask(
            "/v1/question/list", {"filter": wanted} | ({"last_id": place.at} if place.at else {})
        )
        items = items_of(body, "questions", beside=("last_id",))
        # Nothing says that there are more; the last page is the empty one.
        goes_on = next_of(body, "last_id", place) if items and words_of(body.get("last_id")) else ""
        return self._page(items, place, goes_on, len(QUESTION_STATUSES), self._question)

    def _page(
        self,
        items: list[Row],
        place: Place,
        goes_on: str,
        phases: int,
        shown: Callable[[Row], Seen | None],
    ) -> Page:
        """`goes_on`: Ozon's pointer to the next page of this status, empty after the last. The last phase is that of
        the answered ones, which ends at the floor."""
        is_last_phase = place.phase >= phases - 1
        floor, moments = moment_of(place.floor), [moment_of(item.get("published_at")) for item in items]
        if is_last_phase and floor is not None:
            items = [item for item, at in zip(items, moments, strict=True) if at is None or at >= floor]
            if not items:  # all of the page is older, so that the order within it may be any
                goes_on = ""
        seen = self._named(_present(shown(item) for item in items))
        place = replace(place, newest=later(place.newest, moments, now=_now()))
        if goes_on:
            return Page(seen, replace(place, at=goes_on).cursor, is_last=False)
        if not is_last_phase:
            return Page(seen, replace(place, phase=place.phase + 1, at="").cursor, is_last=False)
        return Page(seen, place.after_pass().cursor, is_last=True)

    def _review(self, item: Row, *, looks: bool = False) -> Seen | None:
        """`looks`: the answers are asked for whatever their number says, which may lag behind."""
        review_id = words_of(item.get("id"))
        if review_id and has_media(item) and "photos" not in item:
            with suppress(NotThere):  # taken away between two requests: what the list said of it stands
                item = {**item, **row_of(self._ask("/v1/review/info", {"review_id": review_id}))}
        has_comments = looks or number_of(item.get("comments_amount")) != 0
        comments = self._comments(review_id) if review_id and has_comments else []
        return seen_review(item, comments, now=_now())

    def _comments(self, review_id: str) -> list[Row]:
        found: list[Row] = []
        for page in range(MOST_PAGES):
            asked = {"review_id": review_id, "limit": PAGE, "offset": page * PAGE, "sort_dir": "ASC"}
            try:
                rows = items_of(self._ask("/v1/review/comment/list", asked), "comments", beside=("offset",))
            except NotThere:
                break
            found += rows
            if len(rows) < PAGE:
                break
        return found

    def _question(self, item: Row, *, looks: bool = False) -> Seen | None:
        question_id, sku = words_of(item.get("id")), sku_of(item.get("sku"))
        has_answers = looks or number_of(item.get("answers_count")) != 0
        answers = self._answers(question_id, sku) if question_id and sku is not None and has_answers else []
        return seen_question(item, answers, now=_now())

    def _answers(self, question_id: str, sku: int) -> list[Row]:
        """Nothing says that there are more; the last page is the empty one, or one that leads back."""
        found: list[Row] = []
        asked: dict[str, Any] = {"question_id": question_id, "sku": sku}
        for _page in range(MOST_PAGES):
            try:
                body = self._ask("/v1/question/answer/list", asked)
            except NotThere:
                break
            rows, last_id = (
                items_of(body, "answers", beside=("last_id",)),
                words_of(row_of(body).get("last_id")),
            )
            if last_id and last_id == asked.get("last_id"):
                break
            found += rows
            if not rows or not last_id:
                break
            asked["last_id"] = last_id
        return found

    def _chats(self, place: Place, since: datetime) -> Page:
        """Those with something unread, and those in which something was said since the last pass.

        Ozon tells of a chat only the number of its last message. Numbers grow, so the highest one parts the old from
        the new; that of the first page, for what is said while a pass goes on belongs to the next one too. In the
        first pass every chat is opened once to see its dates.
        """
        asked: dict[str, Any] = {"limit": PAGE, "filter": {"chat_status": "All", "unread_only": False}}
        body = self._ask("/v3/chat/list", asked | ({"cursor": place.at} if place.at else {}))
        rows = items_of(body, "chats", beside=("has_next", "cursor", "total_unread_count"))
        floor = number_of(place.floor)
        if not place.at and (numbers := [number_of(row.get("last_message_id")) or 0 for row in rows]):
            place = replace(place, newest=str(max(numbers)))
        shown: list[Seen] = []
        for row in rows:
            chat, last = row_of(row.get("chat")), number_of(row.get("last_message_id"))
            if not (is_with_buyer(chat) and words_of(chat.get("chat_id"))):
                continue
            is_unread = (number_of(row.get("unread_count")) or 0) > 0
            if is_unread or floor is None or last is None or last > floor:
                one = self._chat(chat)
                if one and (is_unread or one.wants_answer or floor is not None or one.at >= since):
                    shown.append(one)
        seen = self._named(shown)
        if is_true(body.get("has_next")):
            return Page(seen, replace(place, at=next_of(body, "cursor", place)).cursor, is_last=False)
        return Page(seen, place.after_pass().cursor, is_last=True)

    def _chat(self, chat: Row) -> Seen | None:
        """None: it was taken away between two requests."""
        try:
            return seen_chat(chat, self._history(words_of(chat.get("chat_id"))), now=_now())
        except NotThere:
            return None

    def _history(self, chat_id: str) -> list[Row]:
        asked = {"chat_id": chat_id, "direction": "Backward", "limit": MESSAGES}
        return items_of(self._ask("/v3/chat/history", asked), "messages", beside=("has_next",))

    def look(self, kind: Kind, id: str, address: Mapping[str, str]) -> Seen:  # noqa: A002 - the field's word
        if kind is Kind.REVIEW:
            seen = self._review(row_of(self._ask("/v1/review/info", {"review_id": id})), looks=True)
        elif kind is Kind.QUESTION:
            seen = self._question(row_of(self._ask("/v1/question/info", {"question_id": id})), looks=True)
        else:
            seen = seen_chat({"chat_id": id}, self._history(id), now=_now())
        if seen is None:
            raise Unreadable("Ozon's answer doesn't say what it is about.")
        return self._named([seen])[0]

    def _named(self, seen: Iterable[Seen]) -> tuple[Seen, ...]:
        """With the names and articles of their products, where the key may ask for these; else with the SKU alone."""
        seen = tuple(seen)
        skus = sorted({one.product.sku for one in seen if sku_of(one.product.sku)})
        if not skus or not self._knows_products:
            return seen
        try:
            body = self._ask("/v3/product/info/list", {"sku": skus})
        except NotOpen:
            self._knows_products = False
            return seen
        except (NotThere, Refused):
            return seen
        known = products_by_sku(rows_of(row_of(body).get("items")))
        return tuple(replace(one, product=known.get(one.product.sku, one.product)) for one in seen)

    # --- Answering -----------------------------------------------------------------------------------------

    def answer(self, kind: Kind, id: str, address: Mapping[str, str], text: str) -> Sent:  # noqa: A002
        check("Ozon", ABILITIES[kind], text)
        if kind is Kind.REVIEW:
            asked = {"review_id": id, "text": text, "mark_review_as_processed": True}
            return _sent(self._ask("/v1/review/comment/create", asked, text=text), "comment_id")
        if kind is Kind.QUESTION:
            asked = {"question_id": id, "sku": self._sku(id, address), "text": text}
            return _sent(self._ask("/v1/question/answer/create", asked, text=text), "answer_id")
        body = self._ask("/v1/chat/send/message", {"chat_id": id, "text": text}, text=text)
        if plain(row_of(body).get("result")) != "success":
            raise InDoubt(_UNSURE)
        return Sent()  # Ozon tells no id of a message

    def _sku(self, question_id: str, address: Mapping[str, str]) -> int:
        sku = sku_of(address.get("sku"))
        if sku is None:
            sku = sku_of(row_of(self._ask("/v1/question/info", {"question_id": question_id})).get("sku"))
        if sku is None:
            raise Refused(
                "Ozon wants the product's SKU with an answer, and doesn't tell it for this question."
            )
        return sku

    def edit(
        self,
        kind: Kind,
        id: str,  # noqa: A002
        address: Mapping[str, str],
        answer_id: str,
        text: str,
    ) -> Sent:
        raise Refused(
            "At Ozon an answer that stands can't be changed; delete it in the cabinet and write another."
        )

    # --- Asking --------------------------------------------------------------------------------------------

    def _ask(self, path: str, body: Mapping[str, Any], *, text: str = "") -> Any:
        """`text`: what is sent to a buyer; with it the request changes something over there."""
        return self._door.ask(path, body, sends=bool(text), text=text)


def _present(shown: Iterable[Seen | None]) -> Iterator[Seen]:
    for one in shown:
        if one is None:
            logger.warning("one without an id was left out", extra={"action": "ozon_nameless"})
        else:
            yield one


def _sent(body: Any, name: str) -> Sent:
    if not (answer_id := words_of(row_of(body).get(name))):
        raise InDoubt(_UNSURE)
    return Sent(answer_id)


def _covers(rights: set[str], method: str) -> bool:
    """A key's methods are told in full or by their beginning ("/v1/posting")."""
    return any(method == right or method.startswith(f"{right.rstrip('/')}/") for right in rights if right)


def _list(row: Row, name: str) -> list[Any]:
    value = row.get(name)
    return value if isinstance(value, list) else []


def _now() -> datetime:
    return datetime.now(UTC)


def _make(account: Account) -> Channel:
    return Ozon(account)


PLATFORM = Platform(
    "ozon",
    "Ozon",
    {HOST: "https://api-seller.ozon.ru"},
    credentials=(
        Credential("client_id", _("Client ID"), is_secret=False),
        Credential("api_key", _("API key"), help=_("In the seller's cabinet under Settings → Seller API.")),
    ),
    make=_make,
    abilities=ABILITIES,
    cards=OzonProductSource,
)
