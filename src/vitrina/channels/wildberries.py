"""Wildberries: reviews, questions and chats.

An answer is taken without a look at whose it is: 204 says nothing, only reading back does. The cards are read in
wildberries_cards.py; what both share is in wildberries_door.py.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from vitrina.channels import wildberries_lists as lists
from vitrina.channels import wildberries_words as words
from vitrina.channels.checking import check
from vitrina.channels.errors import (
    CredentialsRefused,
    InDoubt,
    NotOpen,
    NotThere,
    Refused,
    Unreadable,
)
from vitrina.channels.platforms import Account, Credential, Platform
from vitrina.channels.ports import (
    Abilities,
    Access,
    AccessState,
    Kind,
    Page,
    Probe,
    Seen,
    Sent,
)
from vitrina.channels.wildberries_cards import WildberriesCardSource
from vitrina.channels.wildberries_door import (
    CHATS,
    CONTENT,
    FEEDBACKS,
    NAME,
    RIGHTS,
    header_of,
    judge_of,
    reason_of,
)
from vitrina.channels.wire import Wire
from vitrina.lib.rates import Rate

log = logging.getLogger(__name__)

# The marketplace's description of its API (December 2025): reviews and questions together three a second, six at once;
# each method of chats one a second, ten at once. One place at once is left free: requests don't arrive as evenly as
# they leave, and the marketplace counts what arrives.
FEEDBACKS_RATE = Rate("feedbacks", per_minute=180, burst_seconds=5 / 3)
CHATS_RATE = Rate("chat", per_minute=60, burst_seconds=9)  # its key is followed by the method's name

EDITS_WITHIN = timedelta(days=60)
ABILITIES = {
    Kind.REVIEW: Abilities(answer_least=2, answer_most=5000, edits=1, edits_within=EDITS_WITHIN),
    # No limits are told for answers to questions; these are the reviews'.
    Kind.QUESTION: Abilities(answer_least=2, answer_most=5000, edits=1, edits_within=EDITS_WITHIN),
    Kind.CHAT: Abilities(answer_least=1, answer_most=1000, is_public=False, lists_all_open=False),
}
LISTINGS = {Kind.REVIEW: lists.REVIEWS, Kind.QUESTION: lists.QUESTIONS}
READERS = {Kind.REVIEW: words.review, Kind.QUESTION: words.question}
ONE = {Kind.REVIEW: "/api/v1/feedback", Kind.QUESTION: "/api/v1/question"}
_UNSURE = f"{NAME}'s answer doesn't say whether it took what was sent; that is looked up first."
LOOK_BACK = timedelta(days=1)  # how much of a chat before its last message a look shows


class Wildberries:
    """`prefix`: see `header_of`. Raises CredentialsRefused where the token can't be one."""

    def __init__(self, account: Account, *, prefix: str = "") -> None:
        header = header_of(account, prefix)
        self._token = account.credentials["token"].strip()
        self._hosts = account.hosts
        self._cards = WildberriesCardSource(account, prefix=prefix)
        self._wires = {
            host: Wire(NAME, header, account.throttle, judge_of(host), account.may_leave)
            for host in (FEEDBACKS, CHATS)
        }
        self._listed: Mapping[str, Mapping[str, Any]] | None = None  # chats by id, once asked for

    @property
    def abilities(self) -> Mapping[Kind, Abilities]:
        return ABILITIES

    def shop(self) -> str:
        """As the token says; nothing where it isn't one that says."""
        return words.token_of(self._token).seller

    # --- Who is there --------------------------------------------------------------------------------------

    def probe(self) -> Probe:
        """Asks every host, but for a right that the token itself says it hasn't."""
        token = words.token_of(self._token)
        refusals: list[CredentialsRefused] = []
        by_host: dict[str, Access] = {}
        for host, is_allowed in (
            (FEEDBACKS, token.allowed.get(Kind.REVIEW, True)),
            (CHATS, token.allowed.get(Kind.CHAT, True)),
            (CONTENT, token.allows_cards),
        ):
            by_host[host] = Access(AccessState.NEEDS_RIGHT, RIGHTS[host])
            if not is_allowed:
                continue
            try:
                self._knock(host)
                by_host[host] = Access(AccessState.OPEN)
            except NotOpen as closed:
                state = AccessState.NEEDS_PLAN if closed.is_plan else AccessState.NEEDS_RIGHT
                by_host[host] = Access(state, closed.needs)
            except CredentialsRefused as refused:
                refusals.append(refused)
        if refusals and not any(access.state is AccessState.OPEN for access in by_host.values()):
            raise refusals[0]
        reviews, chats = by_host[FEEDBACKS], by_host[CHATS]
        access = {Kind.REVIEW: reviews, Kind.QUESTION: reviews, Kind.CHAT: chats}
        return Probe(access=access, expires_at=token.expires_at, cards=by_host[CONTENT])

    def _knock(self, host: str) -> None:
        if host == FEEDBACKS:
            self._feedbacks("GET", "/api/v1/new-feedbacks-questions")
        elif host == CHATS:
            self._events(_milliseconds(datetime.now(UTC)))
        else:
            self._cards.knock()

    # --- Reading -------------------------------------------------------------------------------------------

    def read(self, kind: Kind, cursor: str, *, since: datetime) -> Page:
        """A chat is shown from `since` on: the marketplace keeps no list of those that wait."""
        if kind is Kind.CHAT:
            return self._read_chats(cursor, since)
        return self._read_list(kind, cursor, since)

    def _read_list(self, kind: Kind, cursor: str, since: datetime) -> Page:
        now = datetime.now(UTC)
        listing = LISTINGS[kind]
        place = lists.Place.of(cursor, since=since, now=now)

        def ask(place: lists.Place, skip: int) -> lists.Rows:
            return self._rows(listing, place, skip)

        rows, onward = lists.next_rows(listing, place, ask, lambda row: words.moment(row.get("createdDate")))
        read = READERS[kind]
        seen = self._kept([read(row, now=now, is_open=place.part == lists.OPEN) for row in rows])
        if onward is not None:
            return Page(seen, onward.cursor, is_last=False)
        if place.part == lists.OPEN:
            rest = lists.Place(place.since, place.began, part=lists.REST, start=place.since)
            return Page(seen, rest.cursor, is_last=False)
        return Page(seen, place.end, is_last=True)

    def _rows(self, listing: lists.Listing, place: lists.Place, skip: int) -> lists.Rows:
        query: dict[str, str | int] = {
            "isAnswered": "false" if place.part == lists.OPEN else "true",
            "take": listing.take,
            "skip": skip,
            "order": "dateAsc",
        }
        if place.start:
            query["dateFrom"] = place.start
        data = self._data(self._feedbacks("GET", listing.path, query=query))
        rows = data.get(listing.rows)
        if not isinstance(rows, list):
            raise Unreadable(f"{NAME} answered without its list of {listing.rows}.")
        # How many there are is told of the whole list, not from a date on.
        total = words.whole(data.get("countUnanswered" if place.part == lists.OPEN else "countArchive"))
        return lists.Rows([words.mapping(row) for row in rows], total)

    def _kept(self, seen: Sequence[Seen | None]) -> tuple[Seen, ...]:
        kept = tuple(one for one in seen if one is not None)
        if len(kept) < len(seen):
            extra = {"action": "channels.rows_without_id", "count": len(seen) - len(kept)}
            log.warning("rows of Wildberries have no id", extra=extra)
        return kept

    def _read_chats(self, cursor: str, since: datetime) -> Page:
        after = int(cursor) if cursor.isascii() and cursor.isdigit() else _milliseconds(since)
        batch = self._batch(after)
        if not batch.events:
            return Page((), str(max(after, batch.next)), is_last=True)
        if batch.next <= after:
            batch = self._batch(after)  # once more: a page may come twice
        if batch.next <= after:
            newest = max((at for event in batch.events if (at := words.event_time(event))), default=None)
            if newest is None or _milliseconds(newest) > after:
                raise Unreadable(f"{NAME}'s list of events leads back to itself; the reading goes on later.")
        now = datetime.now(UTC)
        listed = self._chats()
        seen = [words.chat_of(listed.get(one.id), one, now=now) for one in words.chats(batch.events, now=now)]
        return Page(tuple(seen), str(max(after, batch.next)), is_last=batch.next <= after)

    # --- Looking -------------------------------------------------------------------------------------------

    def look(self, kind: Kind, id: str, address: Mapping[str, str]) -> Seen:  # noqa: A002 - the field's word
        now = datetime.now(UTC)
        if kind is Kind.CHAT:
            return self._look_at_chat(id, now)
        row = words.mapping(self._feedbacks("GET", ONE[kind], query={"id": id})).get("data")
        seen = READERS[kind](row, now=now)
        if seen is None:
            raise NotThere(f"{NAME} doesn't know this {kind.value} any more.")
        return seen

    def _look_at_chat(self, chat_id: str, now: datetime) -> Seen:
        chat = self._chats(anew=True).get(chat_id)
        if chat is None:
            raise NotThere(f"{NAME} doesn't know this chat any more.")
        last = words.millisecond(words.mapping(chat.get("lastMessage")).get("addTimestamp"))
        events: list[Any] = []
        if last is not None:
            after = _milliseconds(last - LOOK_BACK)
            while True:
                batch = self._batch(after)
                events += batch.events
                # What follows the last message is other chats'.
                if not batch.events or batch.next <= after or batch.next > _milliseconds(last):
                    break
                after = batch.next
        found = words.chats([event for event in events if _is_of(event, chat_id)], now=now)
        return words.chat_of(chat, found[0] if found else None, now=now)

    # --- Answering -----------------------------------------------------------------------------------------

    def answer(self, kind: Kind, id: str, address: Mapping[str, str], text: str) -> Sent:  # noqa: A002
        check(NAME, ABILITIES[kind], text)
        if kind is Kind.CHAT:
            return self._say(id, address.get(words.REPLY_SIGN, ""), text)
        if kind is Kind.QUESTION:
            return self._answer_question(id, text)
        body = {"id": id, "text": text}
        _taken(self._feedbacks("POST", "/api/v1/feedbacks/answer", body=body, sends=True))
        return Sent()

    def edit(
        self,
        kind: Kind,
        id: str,  # noqa: A002
        address: Mapping[str, str],
        answer_id: str,
        text: str,
    ) -> Sent:
        """Once within 60 days. That it was the second time isn't said: of reviews, only reading back tells."""
        check(NAME, ABILITIES[kind], text)
        if kind is Kind.CHAT:
            raise Refused(f"{NAME} has no editing of messages in chats.")
        if kind is Kind.QUESTION:
            return self._answer_question(id, text)
        body = {"id": id, "text": text}
        _taken(self._feedbacks("PATCH", "/api/v1/feedbacks/answer", body=body, sends=True))
        return Sent()

    def _answer_question(self, question_id: str, text: str) -> Sent:
        """Answering and editing are one request."""
        body = {"id": question_id, "answer": {"text": text}, "state": "wbRu"}
        answered = self._feedbacks("PATCH", "/api/v1/questions", body=body, sends=True)
        if answered is None:  # of reviews that is what a taken one looks like, of questions not
            raise InDoubt(_UNSURE)
        _taken(answered)
        return Sent()

    def _say(self, chat_id: str, sign: str, text: str) -> Sent:
        if not sign:
            return self._post_message(self._sign_of(chat_id), text)
        try:
            return self._post_message(sign, text)
        except Refused as refused:
            # Nothing was sent; the sign may have changed since it was seen.
            fresh = self._sign_of(chat_id) if refused.status == 400 else sign
            if fresh == sign:
                raise
            return self._post_message(fresh, text)

    def _sign_of(self, chat_id: str) -> str:
        sign = words.word(self._chats(anew=True).get(chat_id, {}).get(words.REPLY_SIGN))
        if not sign:
            raise NotThere(f"{NAME} doesn't list this chat any more.")
        return sign

    def _post_message(self, sign: str, text: str) -> Sent:
        form = {words.REPLY_SIGN: sign, "message": text}
        answered = self._chat("POST", "message", form=form, sends=True)
        if not words.mapping(words.mapping(answered).get("result")):
            raise InDoubt(_UNSURE)
        return Sent()

    # --- Asking --------------------------------------------------------------------------------------------

    def _chats(self, *, anew: bool = False) -> Mapping[str, Mapping[str, Any]]:
        if self._listed is None or anew:
            result = words.mapping(self._chat("GET", "chats")).get("result")
            if not isinstance(result, list):
                raise Unreadable(f"{NAME} answered without its list of chats.")
            chats = [words.mapping(chat) for chat in result]
            self._listed = {words.word(chat.get("chatID")): chat for chat in chats if chat.get("chatID")}
        return self._listed

    def _batch(self, after: int) -> words.Batch:
        batch = words.batch(self._events(after))
        if batch is None:
            raise Unreadable(f"{NAME} answered without its list of events.")
        return batch

    def _events(self, after: int) -> Any:
        return self._chat("GET", "events", query={"next": max(after, 1)})  # 0 is refused

    def _data(self, body: Any) -> Mapping[str, Any]:
        data = words.mapping(body).get("data")
        if not isinstance(data, dict):
            raise Unreadable(f"{NAME} answered without its data.")
        return data

    def _feedbacks(self, method: str, path: str, **given: Any) -> Any:
        url = self._hosts[FEEDBACKS] + path
        return self._wires[FEEDBACKS].ask(method, url, rate=FEEDBACKS_RATE, **given)

    def _chat(self, method: str, name: str, **given: Any) -> Any:
        """Each method of chats has a limit of its own."""
        rate = replace(CHATS_RATE, key=f"{CHATS_RATE.key}:{name}")
        return self._wires[CHATS].ask(
            method, f"{self._hosts[CHATS]}/api/v1/seller/{name}", rate=rate, **given
        )


def _taken(answered: Any) -> None:
    """A good status may still say no, or nothing that anybody understands. Raises Refused, InDoubt."""
    if answered is not None and not isinstance(answered, dict):
        raise InDoubt(_UNSURE)
    if words.mapping(answered).get("error") is True:
        raise Refused(f"{NAME} refused the answer: {reason_of(answered)}.")


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _is_of(event: Any, chat_id: str) -> bool:
    return words.word(words.mapping(event).get("chatID")) == chat_id


PLATFORM = Platform(
    name="wildberries",
    words=NAME,
    hosts={
        FEEDBACKS: "https://feedbacks-api.wildberries.ru",
        CHATS: "https://buyer-chat-api.wildberries.ru",
        CONTENT: "https://content-api.wildberries.ru",
    },
    credentials=(Credential("token", _("API token"), may_have_scheme=True),),
    make=Wildberries,
    abilities=ABILITIES,
    cards=WildberriesCardSource,
)
