"""Yandex Market: the products of a business.

The list knows no «changed since»: every pass goes through all of it but the archive, a hundred at a time, and asks for
the cards of each hundred. What a category's parameters are called is asked once in a pass. Source: the Market's OpenAPI
files of 2026-07-17.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vitrina.channels.cards import CardBroken, CardPage, CardSeen
from vitrina.channels.errors import NotThere, Refused
from vitrina.channels.platforms import Account
from vitrina.channels.yandex_market_product_words import (
    Names,
    Row,
    article_of,
    card_of,
    category_of,
    names_in,
)
from vitrina.channels.yandex_market_requests import CARDS, OFFERS, PARAMETERS, Requests, leads_back
from vitrina.channels.yandex_market_words import CARDS_SCOPE, listed, map_of

MAPPINGS, CONTENT = "v2/businesses/{}/offer-mappings", "v2/businesses/{}/offer-cards"
PAGE = 100  # the Market shows no more


class YandexMarketProductSource:
    """A CardSource. `CardSeen.whole` is {"offer", "mapping", "card"}, rows as they came."""

    def __init__(self, account: Account) -> None:
        self._requests = Requests(account, scope=CARDS_SCOPE)
        self._names: dict[str, Names] = {}  # by category, once asked for

    def cards(self, cursor: str) -> CardPage:
        rows, after = self._listed(cursor)
        if rows and after and after == cursor:
            rows, after = self._listed(cursor)  # once more: a page may come twice
            if rows and after == cursor:
                raise leads_back("products")
        told = cards_by_article(self._requests, [article_of(map_of(row, "offer")) for row in rows])
        cards: list[CardSeen] = []
        broken: list[CardBroken] = []
        for row in rows:
            card = told.get(article_of(map_of(row, "offer")))
            names = self._names_of(category_of(row, card, map_of(row, "offer"))) if card else Names()
            one = card_of(row, card, names)
            (cards if isinstance(one, CardSeen) else broken).append(one)  # type: ignore[arg-type]
        return CardPage(tuple(cards), after, not after, tuple(broken))

    def _listed(self, cursor: str) -> tuple[list[dict[str, Any]], str]:
        try:
            return self._requests.page(MAPPINGS, OFFERS, {}, "offerMappings", PAGE, cursor)
        except Refused:
            if not cursor:
                raise
            # A pass that broke off goes on hours later; its token may be forgotten there by then.
            return self._requests.page(MAPPINGS, OFFERS, {}, "offerMappings", PAGE, "")

    def _names_of(self, category: str) -> Names:
        """Empty where the Market doesn't know the category any more: its parameters keep their numbers."""
        if not category:
            return Names()
        if category not in self._names:
            try:
                self._names[category] = names_in(parameters_of(self._requests, category))
            except (NotThere, Refused):
                self._names[category] = Names()
        return self._names[category]


def cards_by_article(requests: Requests, articles: Sequence[str]) -> dict[str, Row]:
    """PAGE articles at most."""
    wanted = list(dict.fromkeys(filter(None, articles)))
    if not wanted:
        return {}
    rows = requests.all(CONTENT, CARDS, {"offerIds": wanted}, "offerCards", PAGE)
    return {article_of(row): row for row in rows}


def parameters_of(requests: Requests, category: str) -> list[dict[str, Any]]:
    said = requests.ask("POST", f"v2/category/{category}/parameters", PARAMETERS, query={})
    return [row for row in listed(said.get("parameters")) if isinstance(row, dict)]
