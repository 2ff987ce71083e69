"""Requests to Yandex Market for one business: its envelope, its pages, its quotas. JSON in, rows out.

`{}` in a path stands for the business; a path without it is asked for no business at all. A key belongs to one; which
one, the list of its shops says where a person didn't.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from vitrina.channels import yandex_market_words as words
from vitrina.channels.errors import CredentialsRefused, InDoubt, Refused, Unavailable, Unreadable
from vitrina.channels.platforms import Account
from vitrina.channels.wire import Wire
from vitrina.lib.rates import Rate

MOST_PAGES = 50  # of comments, answers and messages of one


def _hourly(key: str, quota: int) -> Rate:
    """A quarter of the quota at once and the rest evenly: no hour, wherever it begins, has more than the quota."""
    per_minute = max(1, quota * 3 // 4 // 60)
    return Rate(key, per_minute, burst_seconds=quota / 4 / per_minute * 60)


# Requests an hour without the subscription «Medium», which only raises them (OpenAPI files of 2026-07-17).
CAMPAIGNS = _hourly("campaigns", 1000)
REVIEWS = _hourly("reviews", 5000)
COMMENTS = _hourly("comments", 5000)
COMMENT = _hourly("comment", 1000)
QUESTIONS = _hourly("questions", 1000)
ANSWERS = _hourly("answers", 1000)
ANSWER = _hourly("answer", 500)
CHATS = _hourly("chats", 5000)
CHAT = _hourly("chat", 1000)
HISTORY = _hourly("history", 10_000)
MESSAGE = _hourly("message", 1000)
TREE = _hourly("tree", 1000)


def _minutely(key: str, quota: int) -> Rate:
    """Three quarters of the quota, a quarter of them at once: no minute, wherever it begins, has more."""
    return Rate(key, quota * 3 // 4, burst_seconds=15.0)


# Requests a minute. Of changes it is products that are counted, 5 000 of them; a request has a hundred at most.
OFFERS = _minutely("offers", 100)
CARDS = _minutely("cards", 100)
PARAMETERS = _minutely("parameters", 50)
CHANGES = _minutely("changes", 50)
CARD_CHANGES = _minutely("card_changes", 50)


class Requests:
    """The business that a person gave, or the only one that the key opens. Every method raises channels.errors. `scope`:
    the key's access that is needed for what is asked."""

    def __init__(self, account: Account, *, scope: str = words.SCOPE) -> None:
        key = account.credentials.get("api_key", "").strip()
        if not key or not key.isascii() or not key.isprintable():
            raise CredentialsRefused(
                f"That is no API key of {words.NAME}: it has Latin letters, digits and signs."
            )
        self._business = account.credentials.get("business_id", "").strip()
        self._host = account.hosts["api"]
        judge = partial(words.judge, scope=scope)
        self._wire = Wire(words.NAME, {"Api-Key": key}, account.throttle, judge, account.may_leave)

    def business(self) -> str:
        """Its id; a request for the shops where nobody gave it."""
        if not self._business:
            self.choose(self.shops())
        if not self._business.isascii() or not self._business.isdigit():
            raise Refused(f"The business id of {words.NAME} is a number.")
        return self._business

    def shops(self) -> list[dict[str, Any]]:
        shops, token = [], ""
        for _page in range(MOST_PAGES):
            query: dict[str, str | int] = {"limit": 100}
            if token:
                query["pageToken"] = token
            body = self._wire.ask("GET", f"{self._host}/v2/campaigns", rate=CAMPAIGNS, query=query)
            shops += [shop for shop in _rows(body, "campaigns") if isinstance(shop, dict)]
            before, token = token, _token(body)
            if not token or token == before:
                break
        return shops

    def choose(self, shops: list[dict[str, Any]]) -> str:
        """The business that all else is asked of. Raises Refused where a person must say which."""
        known = {id_: name_of(shop) for shop in shops if (id_ := business_of(shop))}
        listed = ", ".join(f"{id_} ({name})" if name else id_ for id_, name in known.items())
        if self._business:
            if known and self._business not in known:
                raise Refused(f"The API key doesn't open the business {self._business}; it opens {listed}.")
            return self._business
        if not known:
            raise Refused(f"{words.NAME} names no business for this API key; give the business id.")
        if len(known) > 1:
            raise Refused(
                f"The API key opens several businesses: {listed}. Give the id of the one that is meant."
            )
        self._business = next(iter(known))
        return self._business

    def send(
        self, path: str, rate: Rate, body: dict[str, Any], *, query: Mapping[str, str | int] | None = None
    ) -> dict[str, Any]:
        """What the Market says it made; empty where it doesn't say."""
        said = self.change(path, rate, body, query=query)
        if said.get("status") == "ERROR":
            raise words.refused(said, status=200)
        made = said.get("result")
        return made if isinstance(made, dict) else {}

    def change(
        self, path: str, rate: Rate, body: dict[str, Any], *, query: Mapping[str, str | int] | None = None
    ) -> dict[str, Any]:
        """The whole answer, an envelope that says «ERROR» as well. Raises InDoubt where it may have arrived."""
        try:
            said = self._wire.ask("POST", self._url(path), rate=rate, query=query, body=body, sends=True)
        except Unavailable as error:
            if error.status in words.UNSURE:
                raise InDoubt(
                    f"{words.NAME} gave up what was sent (status {error.status}); whether it arrived is looked up first."
                ) from error
            raise
        if not isinstance(said, dict):
            raise InDoubt(
                f"{words.NAME} answered something strange to what was sent; whether it arrived is looked up first."
            )
        return said

    def all(
        self,
        path: str,
        rate: Rate,
        body: dict[str, Any],
        field: str,
        limit: int,
        query: Mapping[str, str | int] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """The rows of all pages. Raises Unreadable where there is no end."""
        token, is_repeated = "", False
        for _page in range(MOST_PAGES):
            rows, after = self.page(path, rate, body, field, limit, token, query)
            yield from rows
            if not after:
                return
            if after == token and is_repeated:
                raise leads_back(field)
            token, is_repeated = after, after == token
        raise Unreadable(f"{words.NAME} shows more than {MOST_PAGES} pages of {field} of one.")

    def page(
        self,
        path: str,
        rate: Rate,
        body: dict[str, Any],
        field: str,
        limit: int,
        token: str,
        query: Mapping[str, str | int] | None = None,
    ) -> tuple[list[dict[str, Any]], str]:
        """The rows, and the token of the page after this one; empty where there is none."""
        asked = {**(query or {}), "limit": limit, **({"pageToken": token} if token else {})}
        result = self.post(path, rate, body, query=asked)
        rows = [row for row in _rows(result, field) if isinstance(row, dict)]
        after = _token(result)
        return rows, "" if after == token and not rows else after

    def post(
        self, path: str, rate: Rate, body: dict[str, Any], *, query: Mapping[str, str | int]
    ) -> dict[str, Any]:
        return self.ask("POST", path, rate, query=query, body=body)

    def ask(
        self,
        method: str,
        path: str,
        rate: Rate,
        *,
        query: Mapping[str, str | int],
        body: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The envelope's result."""
        said = self._wire.ask(method, self._url(path), rate=rate, query=query, body=body)
        result = said.get("result") if isinstance(said, dict) else None
        if not isinstance(result, dict) or said.get("status") == "ERROR":
            raise Unreadable(f"{words.NAME} answered without a result.")
        return result

    def _url(self, path: str) -> str:
        return f"{self._host}/{path.format(self.business()) if '{}' in path else path}"


def _rows(result: Any, field: str) -> list[Any]:
    """A list that isn't there is no empty list: from an empty one follows that nothing waits for an answer."""
    rows = result.get(field) if isinstance(result, dict) else None
    if not isinstance(rows, list):
        raise Unreadable(f"{words.NAME} answered without the list «{field}».")
    return rows


def leads_back(field: str) -> Unreadable:
    """Once it may be a hiccup, with the same page in it again."""
    return Unreadable(f"{words.NAME} shows a page of {field} that leads back to itself.")


def _token(result: Any) -> str:
    paging = result.get("paging") if isinstance(result, dict) else None
    return words.words(paging.get("nextPageToken")) if isinstance(paging, dict) else ""


def business_of(shop: dict[str, Any]) -> str:
    return words.id_of(shop.get("business"), "id")


def name_of(shop: dict[str, Any]) -> str:
    business = shop.get("business")
    name = words.words(business.get("name")) if isinstance(business, dict) else ""
    return name or words.words(shop.get("domain"))
