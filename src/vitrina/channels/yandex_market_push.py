"""Yandex Market: changing products, and its tree.

A change names what it changes; what it doesn't name stays. Where a name, a description or the pictures change, one request
brings the values of the parameters as well; where they stay, the values go by a door of their own. One wrong product keeps all of a
request out, and the answer says which, by parameter: nothing of it happened then. What was taken stands in the offer
within minutes, and the Market looks at the card after that; its errors stand at the card without a moment, so that those
which stood there before are noted first (`mark`). Source: the Market's OpenAPI files of 2026-07-17 and its pages of
«updateOfferContent» (a hundred products a request).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vitrina.channels.cards import (
    WHOLE,
    AttributeWanted,
    CardOutcome,
    CardSeen,
    CardWanted,
    FieldRefused,
    TargetAttribute,
    TreeNode,
    Value,
    attribute_field,
)
from vitrina.channels.errors import Refused
from vitrina.channels.platforms import Account
from vitrina.channels.yandex_market_product_words import (
    YES_OR_NO,
    Row,
    article_of,
    category_of,
    int64,
    pictures_of,
    values_of,
)
from vitrina.channels.yandex_market_products import MAPPINGS, PAGE, cards_by_article, parameters_of
from vitrina.channels.yandex_market_requests import CARD_CHANGES, CHANGES, OFFERS, TREE, Requests
from vitrina.channels.yandex_market_words import (
    CARDS_SCOPE,
    NAME,
    id_of,
    listed,
    map_of,
    refused,
    words,
)
from vitrina.lib.rates import Rate

UPDATE, UPDATE_VALUES = "v2/businesses/{}/offer-mappings/update", "v2/businesses/{}/offer-cards/update"
CATEGORIES = "v2/categories/tree"
MOST = 100  # products of one request
MOST_CHOICES = 2_000  # of a parameter; a longer list (brands) isn't kept
DEEPEST = 20
CHECKING = {"HAS_CARD_CAN_UPDATE_PROCESSING", "NO_CARD_PROCESSING"}
NOT_TAKEN = {"HAS_CARD_CAN_UPDATE_ERRORS", "NO_CARD_ERRORS"}


class YandexMarketCards:
    def __init__(self, account: Account) -> None:
        self._requests = Requests(account, scope=CARDS_SCOPE)

    def look(self, ids: Sequence[str]) -> Mapping[str, CardSeen]:
        found: dict[str, CardSeen] = {}
        for part in _parts(ids):
            cards = cards_by_article(self._requests, part)
            for row in self._requests.all(MAPPINGS, OFFERS, {"offerIds": part}, "offerMappings", PAGE):
                article = article_of(map_of(row, "offer"))
                if article in cards:
                    found[article] = seen_of(row, cards[article])
        return found

    def mark(self, ids: Sequence[str]) -> str:
        """What the cards that the Market doesn't accept already say, with a comma between them."""
        cards = self._cards(ids)
        return ",".join(sorted(_digest(card) for card in cards.values() if _is_refused(card)))

    def push(self, cards: Sequence[tuple[CardSeen, CardWanted]]) -> str:
        """Empty: the Market gives a change no number. Raises Refused with the words for each card that was wrong."""
        texts = [changed(seen, wanted) for seen, wanted in cards if _changes_texts(seen, wanted)]
        values = [valued(seen, wanted) for seen, wanted in cards if not _changes_texts(seen, wanted)]
        if texts:
            self._send(UPDATE, CHANGES, {"offerMappings": [{"offer": one} for one in texts]})
        if values := [one for one in values if one["parameterValues"]]:
            self._send(UPDATE_VALUES, CARD_CHANGES, {"offersContent": values})
        return ""

    def _send(self, path: str, rate: Rate, body: dict[str, Any]) -> None:
        said = self._requests.change(path, rate, body)
        if said.get("status") != "ERROR":
            return
        wrong = {
            article: told
            for row in _rows(said, "results")
            if (article := article_of(row)) and (told := _errors(row))
        }
        if not wrong:
            raise refused(said, status=200)
        first = next(iter(wrong.values()))[0].words
        raise Refused(f"{NAME} took none of the changes: {first}", status=200, cards=wrong)

    def outcomes(self, ids: Sequence[str], *, mark: str, task: str) -> Mapping[str, CardOutcome]:
        """A card that is looked at has an outcome that isn't known yet; one that the Market accepts has none."""
        known = set(mark.split(","))
        found: dict[str, CardOutcome] = {}
        for article, card in self._cards(ids).items():
            if words(card.get("cardStatus")) in CHECKING:
                found[article] = CardOutcome()
            elif _is_refused(card) and _digest(card) not in known:
                found[article] = CardOutcome(False, _told(card))
        return found

    def _cards(self, ids: Sequence[str]) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for part in _parts(ids):
            found |= cards_by_article(self._requests, part)
        return found

    # --- The tree ------------------------------------------------------------------------------------------

    def nodes(self) -> list[TreeNode]:
        """Without the root, which is all of the Market."""
        root = self._requests.ask("POST", CATEGORIES, TREE, query={}, body={})
        found: list[TreeNode] = []
        waiting = [(row, "", 1) for row in reversed(_rows(root, "children"))]
        while waiting:
            row, parent, depth = waiting.pop()
            key, name = id_of(row, "id"), words(row.get("name")).strip()
            if not key or not name:
                continue
            found.append(TreeNode(key, name, parent))
            if depth < DEEPEST:
                waiting += [(inner, key, depth + 1) for inner in reversed(_rows(row, "children"))]
        return found

    def attributes(self, category_id: str) -> list[TargetAttribute]:
        rows = parameters_of(self._requests, category_id)
        return [attribute_of(row) for row in rows if id_of(row, "id")]


def attribute_of(row: Row) -> TargetAttribute:
    kind = words(row.get("type"))
    return TargetAttribute(
        id=id_of(row, "id"),
        name=words(row.get("name")) or id_of(row, "id"),
        is_number=kind == "NUMERIC",
        unit=_usual_unit(map_of(row, "unit")),
        is_required=row.get("required") is True,
        most=0 if row.get("multivalue") is True else 1,
        choices=_choices(kind, row),
        takes_others=kind == "ENUM" and row.get("allowCustomValues") is True,
    )


def _usual_unit(unit: Row) -> str:
    """The one in which a value without a unit is read."""
    usual = id_of(unit, "defaultUnitId")
    return next((words(one.get("name")) for one in _rows(unit, "units") if id_of(one, "id") == usual), "")


def _choices(kind: str, row: Row) -> tuple[Value, ...] | None:
    """Of yes and no the word of the wire is the id."""
    if kind == "BOOLEAN":
        return tuple(Value(text, wire) for wire, text in YES_OR_NO.items())
    rows = _rows(row, "values")
    if len(rows) > MOST_CHOICES:
        return None
    return tuple(Value(words(one.get("value")), id_of(one, "id")) for one in rows if words(one.get("value")))


def seen_of(mapped: Row, card: Row) -> CardSeen:
    """As it stands, for a comparison and for `push`."""
    offer = map_of(mapped, "offer")
    return CardSeen(
        id=article_of(offer),
        number=id_of(map_of(mapped, "mapping"), "marketSku"),
        title=words(offer.get("name")),
        description=words(offer.get("description")),
        category_id=category_of(mapped, card, offer),
        image_urls=pictures_of(offer),
        attributes=values_of(card),
        whole={"offer": offer, "mapping": map_of(mapped, "mapping"), "card": card},
    )


def _changes_texts(seen: CardSeen, wanted: CardWanted) -> bool:
    return (
        wanted.title not in (None, seen.title)
        or wanted.description not in (None, seen.description)
        or wanted.pictures is not None
    )


def changed(seen: CardSeen, wanted: CardWanted) -> dict[str, Any]:
    """An offer of UPDATE: the article, and what is wanted."""
    item: dict[str, Any] = {"offerId": seen.id}
    if wanted.title is not None:
        item["name"] = wanted.title
    if wanted.description is not None:
        item["description"] = wanted.description
    if wanted.pictures is not None:
        item["pictures"] = list(wanted.pictures)  # the first one is the main one
    category, values = int64(seen.category_id), parameter_values(wanted.attributes)
    if values and category:
        item |= {"marketCategoryId": category, "parameterValues": values}
    return item


def valued(seen: CardSeen, wanted: CardWanted) -> dict[str, Any]:
    """A row of UPDATE_VALUES."""
    category, values = int64(seen.category_id), parameter_values(wanted.attributes)
    return {"offerId": seen.id, "categoryId": category, "parameterValues": values if category else []}


def parameter_values(wanted: Iterable[AttributeWanted]) -> list[dict[str, Any]]:
    """A row for each value; without a unit, so that the parameter's usual one is meant. No value at all takes them away."""
    rows = []
    for one in wanted:
        parameter = int64(one.id)
        if parameter is None:
            continue
        for value in one.values or (Value(""),):
            row: dict[str, Any] = {"parameterId": parameter, "value": value.text}
            if value.id in YES_OR_NO:
                row["value"] = value.id
            elif choice := int64(value.id):
                row["valueId"] = choice
            rows.append(row)
    return rows


def _errors(row: Row) -> tuple[FieldRefused, ...]:
    """Of one product of a request that was refused. Warnings hold nothing up, and aren't among them."""
    told = [
        FieldRefused(
            attribute_field(parameter) if (parameter := id_of(one, "parameterId")) else WHOLE,
            words(one.get("message")).strip() or words(one.get("type")),
        )
        for one in _rows(row, "errors")
    ]
    return tuple(dict.fromkeys(one for one in told if one.words))


def _told(card: Row) -> tuple[FieldRefused, ...]:
    """Of a card that the Market looked at: the kind of error, and what explains it."""
    told = []
    for one in _rows(card, "errors"):
        said = [text for name in ("message", "comment") if (text := words(one.get(name)).strip())]
        told.append(FieldRefused(WHOLE, ": ".join(dict.fromkeys(said))))
    return tuple(dict.fromkeys(one for one in told if one.words)) or (FieldRefused(WHOLE, "—"),)


def _is_refused(card: Row) -> bool:
    return words(card.get("cardStatus")) in NOT_TAKEN


def _digest(card: Row) -> str:
    said = json.dumps([article_of(card), [one.words for one in _told(card)]], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _rows(row: Row, name: str) -> list[dict[str, Any]]:
    return [one for one in listed(row.get(name)) if isinstance(one, dict)]


def _parts(ids: Sequence[str]) -> Iterable[list[str]]:
    known = list(dict.fromkeys(filter(None, ids)))
    for start in range(0, len(known), PAGE):
        yield known[start : start + PAGE]
