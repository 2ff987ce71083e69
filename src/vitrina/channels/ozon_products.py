"""Ozon: the products of a shop.

The list knows no «changed since»: every pass goes through all of it but the archive, a hundred at a time, and asks three
methods for each hundred. What a category and an attribute is called stands in a tree of its own, asked once in a pass
for each kind of product; a key without the right to it shows their numbers alone. Source: the API's description of
April 2026; of the tree, Ozon's page for developers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vitrina.channels.cards import CardBroken, CardPage, CardSeen
from vitrina.channels.errors import NotOpen, NotThere, Refused, Unreadable
from vitrina.channels.ozon_door import OzonDoor
from vitrina.channels.ozon_paging import items_of
from vitrina.channels.ozon_product_words import Names, card_of, describes, kind_of, names_in, product_id
from vitrina.channels.ozon_words import Row, number_of, row_of, rows_of, words_of
from vitrina.channels.platforms import Account

LIST, INFO = "/v3/product/list", "/v3/product/info/list"
ATTRIBUTES, DESCRIPTION = "/v4/product/info/attributes", "/v1/product/info/description"
TREE, OF_TYPE = "/v1/description-category/tree", "/v1/description-category/attribute"
# What a key must be allowed to ask for products to be read.
METHODS = (LIST, INFO, ATTRIBUTES, DESCRIPTION)
PAGE = 100  # Ozon shows up to 1 000; so many are one step, which a reading that is killed does again


class OzonProductSource:
    """A CardSource. `CardSeen.whole` is {"info": row of INFO, "attributes": row of ATTRIBUTES}."""

    def __init__(self, account: Account) -> None:
        self._door = OzonDoor(account)
        self._categories: Mapping[str, str] | None = (
            None  # «Посуда > Кружка» by "17029016:92499", once asked for
        )
        self._attributes: dict[str, Mapping[int, str]] = {}  # names of attributes by the same key
        self._knows_names = True  # until Ozon says that the key has no right to them

    def cards(self, cursor: str) -> CardPage:
        rows, pointer, total = self._listed(cursor)
        if rows and pointer == cursor:
            rows, pointer, total = self._listed(cursor)  # once more: a page may come twice
            if rows and pointer == cursor:
                raise Unreadable("Ozon's list of products leads back to itself; the reading goes on later.")
        ids = [number for row in rows if (number := product_id(row))]
        infos = self._infos(ids)
        told = self._told(ids)
        cards: list[CardSeen] = []
        broken: list[CardBroken] = []
        for row in rows:
            number = product_id(row)
            info, attributes = infos.get(number, {}), told.get(number, {})
            if info and attributes and not describes(attributes):
                attributes = {**attributes, "description": self._description(number)}
            names = self._names(kind_of(info, attributes)) if info and attributes else Names()
            one = card_of(row, info, attributes, names)
            (cards if isinstance(one, CardSeen) else broken).append(one)  # type: ignore[arg-type]
        # Nothing says that there are more; the last page is the empty one.
        is_last = not rows or not pointer
        return CardPage(tuple(cards), "" if is_last else pointer, is_last, tuple(broken), total)

    def _listed(self, cursor: str) -> tuple[list[Row], str, int | None]:
        asked: dict[str, Any] = {"filter": {"visibility": "ALL"}, "limit": PAGE}
        body = row_of(self._door.ask(LIST, asked | ({"last_id": cursor} if cursor else {})))
        result = row_of(body.get("result"))
        rows = items_of(result, "items", beside=("last_id", "total"))
        return rows, words_of(result.get("last_id")), number_of(result.get("total"))

    def _infos(self, ids: list[str]) -> dict[str, Row]:
        if not ids:
            return {}
        rows = items_of(self._door.ask(INFO, {"product_id": ids}), "items", beside=())
        return {words_of(row.get("id")): row for row in rows}

    def _told(self, ids: list[str]) -> dict[str, Row]:
        """What stands in each. One page as a rule; others are asked for as long as they bring something new."""
        found: dict[str, Row] = {}
        after = ""
        while len(found) < len(ids):
            asked: dict[str, Any] = {"filter": {"product_id": ids, "visibility": "ALL"}, "limit": PAGE}
            body = row_of(self._door.ask(ATTRIBUTES, asked | ({"last_id": after} if after else {})))
            rows = {
                words_of(row.get("id")): row for row in items_of(body, "result", beside=("last_id", "total"))
            }
            after = words_of(body.get("last_id"))
            if not rows.keys() - found.keys():
                break
            found |= rows
            if not after:
                break
        return found

    def _description(self, number: str) -> str:
        try:
            body = self._door.ask(DESCRIPTION, {"product_id": int(number)})
        except (NotThere, Refused):
            return ""
        return words_of(row_of(row_of(body).get("result")).get("description"))

    # --- What things are called ----------------------------------------------------------------------------

    def _names(self, kind: tuple[int, int] | None) -> Names:
        if kind is None or not self._knows_names:
            return Names()
        category, type_ = kind
        key = f"{category}:{type_}"
        try:
            if self._categories is None:
                self._categories = names_in(rows_of(row_of(self._door.ask(TREE, {})).get("result")))
            if key not in self._attributes:
                self._attributes[key] = self._attributes_of(category, type_)
        except NotOpen:
            self._knows_names = False
            return Names()
        return Names(self._categories.get(key, ""), self._attributes[key])

    def _attributes_of(self, category: int, type_: int) -> Mapping[int, str]:
        """Empty where Ozon doesn't know the kind any more: the product keeps its numbers."""
        try:
            body = self._door.ask(OF_TYPE, {"description_category_id": category, "type_id": type_})
        except (NotThere, Refused):
            return {}
        return dict(_named(rows_of(row_of(body).get("result"))))


def _named(rows: Iterable[Row]) -> Iterable[tuple[int, str]]:
    for row in rows:
        if (number := number_of(row.get("id"))) and (name := words_of(row.get("name")).strip()):
            yield number, name
