"""Wildberries: the cards of a shop.

The list is read by the moment of the last change, oldest first: a card that is changed meanwhile moves to its end, so none
slips by, and the next pass goes on where the last one ended. Source: the marketplace's description of its API, December 2025.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from vitrina.channels.cards import CardBroken, CardPage, CardSeen
from vitrina.channels.errors import Unreadable
from vitrina.channels.platforms import Account
from vitrina.channels.wildberries_card_words import card_of
from vitrina.channels.wildberries_door import (
    CARDS_OF_PAGE,
    CONTENT,
    CONTENT_RATE,
    LIST_OF_CARDS,
    NAME,
    header_of,
    judge_of,
)
from vitrina.channels.wildberries_words import mapping, moment, whole, word
from vitrina.channels.wire import Wire

ANY_PHOTO = -1  # unsaid, the list holds cards without photos alone


class WildberriesCardSource:
    """A CardSource. Raises CredentialsRefused where the token can't be one."""

    def __init__(self, account: Account, *, prefix: str = "") -> None:
        header = header_of(account, prefix)
        self._url = account.hosts[CONTENT]
        self._wire = Wire(NAME, header, account.throttle, judge_of(CONTENT), account.may_leave)

    def knock(self) -> None:
        """Whether the cards are open to this token; raises what keeps them shut."""
        self._listed({}, 1)

    def cards(self, cursor: str) -> CardPage:
        place = _place_of(cursor)
        rows, onward = self._listed(place, CARDS_OF_PAGE)
        if rows and onward == place:
            rows, onward = self._listed(place, CARDS_OF_PAGE)  # once more: a page may come twice
            if rows and onward == place:
                raise Unreadable(f"{NAME}'s list of cards leads back to itself; the reading goes on later.")
        cards: list[CardSeen] = []
        broken: list[CardBroken] = []
        for row in rows:
            one = card_of(row)
            (cards if isinstance(one, CardSeen) else broken).append(one)  # type: ignore[arg-type]
        return CardPage(
            tuple(cards), _cursor(onward) or cursor, is_last=len(rows) < CARDS_OF_PAGE, broken=tuple(broken)
        )

    def _listed(self, place: Mapping[str, Any], limit: int) -> tuple[list[Any], dict[str, Any]]:
        """The cards after a place, and the place after them; the same place where the list doesn't get on."""
        settings = {
            "sort": {"ascending": True},
            "filter": {"withPhoto": ANY_PHOTO},
            "cursor": {"limit": limit, **place},
        }
        said = mapping(
            self._wire.ask(
                "POST", f"{self._url}{LIST_OF_CARDS}", rate=CONTENT_RATE, body={"settings": settings}
            )
        )
        rows, told = said.get("cards"), mapping(said.get("cursor"))
        if not isinstance(rows, list) or not told:
            raise Unreadable(f"{NAME} answered without its list of cards.")
        last = mapping(rows[-1]) if rows else {}
        onward = [_place(told), _place(last)]
        return rows, next((one for one in onward if _is_after(one, place)), dict(place))


def _place(row: Mapping[str, Any]) -> dict[str, Any]:
    """{"updatedAt": "2026-04-01T10:00:00.5Z", "nmID": 7} as it came; empty where a half is missing."""
    at, number = word(row.get("updatedAt")), whole(row.get("nmID"))
    return {"updatedAt": at, "nmID": number} if moment(at) and number else {}


def _is_after(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if not one or not other:
        return bool(one)
    # The same moment to the microsecond that this clock can tell: the numbers decide, or the digits beyond.
    return one != other and _moment(one) >= _moment(other)


def _moment(place: Mapping[str, Any]) -> Any:
    return moment(place["updatedAt"])


def _place_of(cursor: str) -> dict[str, Any]:
    """An unreadable one begins anew: what is read twice does no harm."""
    try:
        return _place(mapping(orjson.loads(cursor)))
    except orjson.JSONDecodeError:
        return {}


def _cursor(place: Mapping[str, Any]) -> str:
    return orjson.dumps(place).decode() if place else ""
