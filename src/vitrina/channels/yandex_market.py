"""Yandex Market: reviews, questions and chats of one business, over its partner API; its products stand in
yandex_market_products.py.

How it is asked, and how often at most, is in yandex_market_requests.py; what its JSON means in yandex_market_words.py;
where a pass stands in yandex_market_passes.py. What a buyer comments under an answer isn't told: the Market gives no moment for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from vitrina.channels import yandex_market_words as words
from vitrina.channels.checking import check
from vitrina.channels.errors import (
    ChannelError,
    CredentialsRefused,
    NotOpen,
    NotThere,
    Refused,
    Unreadable,
)
from vitrina.channels.platforms import Account, Credential, Platform
from vitrina.channels.ports import Abilities, Access, AccessState, Kind, Page, Probe, Seen, Sent
from vitrina.channels.yandex_market_passes import ALL, OPEN, REVIEWS_BACK, Place, place_of
from vitrina.channels.yandex_market_products import MAPPINGS, YandexMarketProductSource
from vitrina.channels.yandex_market_requests import (
    ANSWER,
    ANSWERS,
    CHAT,
    CHATS,
    COMMENT,
    COMMENTS,
    HISTORY,
    MESSAGE,
    OFFERS,
    QUESTIONS,
    REVIEWS,
    Requests,
    business_of,
    leads_back,
    name_of,
)
from vitrina.lib.rates import Rate

logger = logging.getLogger(__name__)

REVIEWS_OF_A_PAGE = 50
QUESTIONS_OF_A_PAGE = 50
# Each question that isn't open costs a request for its answers, out of a quota of 1000 an hour.
ANSWERED_OF_A_PAGE = 20
CHATS_OF_A_PAGE = 20
MESSAGES_OF_A_PAGE = 100

ABILITIES = {
    Kind.REVIEW: Abilities(1, 4096, edits=None),
    Kind.QUESTION: Abilities(1, 5000, edits=None),
    Kind.CHAT: Abilities(1, 4096, is_public=False),
}


class YandexMarket:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._requests = Requests(account)

    @property
    def abilities(self) -> Mapping[Kind, Abilities]:
        return ABILITIES

    def shop(self) -> str:
        return self._requests.business()

    # --- Who and what --------------------------------------------------------------------------------------

    def probe(self) -> Probe:
        """Five requests at most: the shops, then one row of each channel and of the products."""
        shops = self._requests.shops()
        business = self._requests.choose(shops)
        own = [shop for shop in shops if business_of(shop) == business]
        states = {words.words(shop.get("apiAvailability")) or "AVAILABLE" for shop in own}
        name = next((name for shop in own if (name := name_of(shop))), "")
        if states and "AVAILABLE" not in states:
            closed = Access(AccessState.CLOSED, sorted(states)[0])
            return Probe(dict.fromkeys(Kind, closed), seller_name=name, cards=closed)
        access = {kind: _access(self._requests, *_LISTS[kind]) for kind in Kind}
        # The business is known by now: it isn't asked for again.
        known = replace(self._account, credentials={**self._account.credentials, "business_id": business})
        products = Requests(known, scope=words.CARDS_SCOPE)
        return Probe(access, seller_name=name, cards=_access(products, MAPPINGS, OFFERS))

    # --- Reading -------------------------------------------------------------------------------------------

    def read(self, kind: Kind, cursor: str, *, since: datetime) -> Page:
        """One page is one request, and one more for each row whose answers or messages stand elsewhere."""
        now = datetime.now(UTC)
        place = place_of(cursor, since=since)
        try:
            rows, token = self._page(kind, place, now)
        except Refused:
            if not place.token:
                raise
            # A pass that broke off goes on hours later; its token may be forgotten there by then.
            place = replace(place, token="", is_repeated=False)
            rows, token = self._page(kind, place, now)
        if token and token == place.token and place.is_repeated:
            raise leads_back(_FIELDS[kind])
        seen: list[Seen] = []
        newest = place.newest
        for row in rows:
            if place.phase == ALL:
                at = words.moment(row.get("updatedAt" if kind is Kind.CHAT else "createdAt"))
                if at is not None and at <= place.since:
                    continue
                newest = max(newest, at or newest)
            one = self._seen(kind, row, place.phase, now)
            if one is not None:
                seen.append(one)
        after, is_last = place.after(kind, token, newest, now)
        return Page(tuple(seen), after.text(), is_last)

    def _page(self, kind: Kind, place: Place, now: datetime) -> tuple[list[dict[str, Any]], str]:
        """A page's rows, and the token of the next one; empty: there is none."""
        body: dict[str, Any]
        if kind is Kind.REVIEW:
            limit = REVIEWS_OF_A_PAGE
            since = max(place.since, (now - REVIEWS_BACK).replace(hour=0, minute=0, second=0, microsecond=0))
            body = (
                {"reactionStatus": "NEED_REACTION"}
                if place.phase == OPEN
                else {"reactionStatus": "ALL", "dateTimeFrom": since.isoformat()}
            )
        elif kind is Kind.QUESTION:
            limit = QUESTIONS_OF_A_PAGE if place.phase == OPEN else ANSWERED_OF_A_PAGE
            begins = place.begins(now)
            if place.phase == ALL:
                # A day more: the Market's days may begin elsewhere.
                begins = max(begins, place.since.date() - timedelta(days=1))
            body = {
                "needAnswer": place.phase == OPEN,
                "dateFrom": begins.isoformat(),
                "sort": "CREATED_AT_ASC",  # what comes meanwhile stands at the end
            }
            if place.ends:
                body["dateTo"] = place.ends.isoformat()
        else:
            limit = CHATS_OF_A_PAGE
            body = {"types": ["CHAT"]}
            if place.phase == OPEN:
                body["statuses"] = list(words.OPEN_CHATS)
        path, rate = _LISTS[kind]
        return self._requests.page(path, rate, body, _FIELDS[kind], limit, place.token)

    def _seen(self, kind: Kind, row: dict[str, Any], phase: str, now: datetime) -> Seen | None:
        one: Seen | None
        if kind is Kind.REVIEW:
            comments = self._comments(row) if words.comment_count(row) else []
            one = words.review(row, comments, is_open=phase == OPEN, read_at=now)
        elif kind is Kind.CHAT:
            one = words.chat(row, self._messages(words.id_of(row, "chatId")), read_at=now)
        elif phase == OPEN:
            one = words.question(row, [], wants_answer=True, read_at=now)
        else:
            one = words.question(row, self._answers(row), read_at=now)
            if one is not None and one.wants_answer:
                return None  # it was among the open ones, or the Market wants no answer of the shop
        if one is None:
            logger.warning("a row without an id", extra={"action": "channels.read", "kind": kind.value})
        return one

    def _comments(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        if not (id_ := words.id_of(row, "feedbackId")):
            return []
        path = "v2/businesses/{}/goods-feedback/comments"
        return list(self._requests.all(path, COMMENTS, {"feedbackId": int(id_)}, "comments", 50))

    def _answers(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        if not (id_ := words.question_id(row)):
            return []
        path = "v1/businesses/{}/goods-questions/answers"
        return list(self._requests.all(path, ANSWERS, {"questionId": int(id_)}, "answers", 50))

    def _messages(self, id_: str) -> list[dict[str, Any]]:
        """All of them: which end a page begins at isn't promised, and the newest matter most."""
        if not id_:
            return []
        path = "v2/businesses/{}/chats/history"
        return list(
            self._requests.all(path, HISTORY, {}, "messages", MESSAGES_OF_A_PAGE, {"chatId": int(id_)})
        )

    def look(self, kind: Kind, id: str, address: Mapping[str, str]) -> Seen:  # noqa: A002 - the field's word
        now, number = datetime.now(UTC), _int64(id)
        one: Seen | None
        if kind is Kind.CHAT:
            row = self._requests.ask("GET", "v2/businesses/{}/chat", CHAT, query={"chatId": number})
            one = words.chat(row, self._messages(id), read_at=now)
        elif kind is Kind.REVIEW:
            rows, _token = self._requests.page(*_LISTS[kind], {"feedbackIds": [number]}, "feedbacks", 50, "")
            row = _only(rows, lambda row: words.id_of(row, "feedbackId"), id)
            one = words.review(row, self._comments(row), read_at=now)
        else:
            row = self._question(number, address.get("asked_on", ""))
            one = words.question(row, self._answers(row), read_at=now)
        if one is None or one.id != id:
            raise Unreadable(f"{words.NAME} showed something else than what was asked for.")
        return one

    def _question(self, number: int, asked_on: str) -> dict[str, Any]:
        """By its id; where that shows nothing, in the days around it: without dates the Market looks back a month."""
        bodies: list[dict[str, Any]] = [{"questionIds": [number]}]
        if day := words.moment(asked_on):
            around = {
                "dateFrom": (day - timedelta(days=1)).date().isoformat(),
                "dateTo": (day + timedelta(days=1)).date().isoformat(),
            }
            bodies.append(bodies[0] | around)
        for body in bodies:
            rows, _token = self._requests.page(*_LISTS[Kind.QUESTION], body, "questions", 50, "")
            if any(words.question_id(row) == str(number) for row in rows):
                break
        return _only(rows, words.question_id, str(number))

    # --- Sending -------------------------------------------------------------------------------------------

    def answer(self, kind: Kind, id: str, address: Mapping[str, str], text: str) -> Sent:  # noqa: A002
        check(words.NAME, ABILITIES[kind], text)
        number = _int64(id)
        if kind is Kind.REVIEW:
            return self._comment({"feedbackId": number, "comment": {"text": text}})
        if kind is Kind.CHAT:
            self._requests.send(
                "v2/businesses/{}/chats/message", MESSAGE, {"message": text}, query={"chatId": number}
            )
            return Sent()
        made = self._requests.send(
            "v1/businesses/{}/goods-questions/update",
            ANSWER,
            {"operationType": "CREATE", "parentEntityId": {"id": number, "type": "QUESTION"}, "text": text},
        )
        return Sent(words.id_of(made.get("entity"), "id"))

    def edit(
        self,
        kind: Kind,
        id: str,  # noqa: A002
        address: Mapping[str, str],
        answer_id: str,
        text: str,
    ) -> Sent:
        if kind is Kind.CHAT:
            raise Refused(f"{words.NAME} lets nobody edit what was said in a chat.")
        check(words.NAME, ABILITIES[kind], text)
        if not answer_id:
            raise Refused("Which answer is to be edited isn't known: it has no id.")
        number = _int64(answer_id)
        if kind is Kind.REVIEW:
            return self._comment(
                {"feedbackId": _int64(id), "comment": {"id": number, "text": text}}, answer_id
            )
        self._requests.send(
            "v1/businesses/{}/goods-questions/update",
            ANSWER,
            {"operationType": "UPDATE", "entityId": {"id": number, "type": "ANSWER"}, "text": text},
        )
        return Sent(answer_id)

    def _comment(self, body: dict[str, Any], answer_id: str = "") -> Sent:
        made = self._requests.send("v2/businesses/{}/goods-feedback/comments/update", COMMENT, body)
        return Sent(words.id_of(made, "id") or answer_id)


_LISTS = {
    Kind.REVIEW: ("v2/businesses/{}/goods-feedback", REVIEWS),
    Kind.QUESTION: ("v1/businesses/{}/goods-questions", QUESTIONS),
    Kind.CHAT: ("v2/businesses/{}/chats", CHATS),
}
_FIELDS = {Kind.REVIEW: "feedbacks", Kind.QUESTION: "questions", Kind.CHAT: "chats"}


def _access(requests: Requests, path: str, rate: Rate) -> Access:
    try:
        requests.post(path, rate, {}, query={"limit": 1})
    except NotOpen as error:
        return Access(AccessState.NEEDS_RIGHT, error.needs)
    except CredentialsRefused:
        raise
    except ChannelError as error:
        logger.warning(
            "a channel couldn't be probed", extra={"action": "channels.probe", "status": error.status}
        )
        return Access(AccessState.UNKNOWN)
    return Access(AccessState.OPEN)


def _only(rows: list[dict[str, Any]], id_of: Callable[[dict[str, Any]], str], id_: str) -> dict[str, Any]:
    for row in rows:
        if id_of(row) == id_:
            return row
    raise NotThere(f"{words.NAME} doesn't show {id_} any more.")


def _int64(id_: str) -> int:
    if not words.number(id_):
        raise NotThere(f"{words.NAME} has numbers for ids; this is none.")
    return int(id_)


PLATFORM = Platform(
    "yandex_market",
    _("Yandex Market"),
    {"api": "https://api.partner.market.yandex.ru"},
    credentials=(
        Credential("api_key", _("API key")),
        Credential(
            "business_id",
            _("Business id"),
            is_secret=False,
            is_optional=True,
            help=_("Found by itself where the key opens one business only."),
        ),
    ),
    make=YandexMarket,
    abilities=ABILITIES,
    cards=YandexMarketProductSource,
)
