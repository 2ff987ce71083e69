"""Ozon: changing products, and its types. What is changed becomes a task at Ozon; how it ended, the task says by product and field.

An update of attributes touches those alone that it names, so that it is used where the name stays; a new name wants an
import, which overwrites the whole product and therefore carries it as it was read. So do pictures, which no update takes.
Source: the API's description of April 2026; the numbers of the attributes are Ozon's own, the same for every type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vitrina.channels.cards import (
    DESCRIPTION,
    PICTURES,
    TITLE,
    WHOLE,
    AttributeSeen,
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
from vitrina.channels.errors import InDoubt, NotThere, Unreadable
from vitrina.channels.ozon_door import OzonDoor
from vitrina.channels.ozon_products import ATTRIBUTES, INFO, OF_TYPE, TREE
from vitrina.channels.ozon_words import Row, is_true, moment_of, number_of, plain, row_of, rows_of, words_of
from vitrina.channels.platforms import Account
from vitrina.lib.text import fold

IMPORT, UPDATE, TASK = "/v3/product/import", "/v1/product/attributes/update", "/v1/product/import/info"
VALUES = "/v1/description-category/attribute/values"
SEARCH = f"{VALUES}/search"
MOST_CHOICES = 2_000  # of a dictionary; a longer one (brands) is searched for single values, not kept
LEAST_SOUGHT, MOST_FOUND = 2, 100  # characters of a word that is searched for; values of one answer
NAME, ANNOTATION = "4180", "4191"
MOST = 100  # products of one request that changes them
MOST_READ = 1000
# What an import carries of a product besides its attributes; Ozon shows it so, and takes it back so.
KEPT = (
    "offer_id", "name", "description_category_id", "type_id", "price", "old_price", "currency_code", "vat",
    "images", "depth", "width", "height", "dimension_unit", "weight", "weight_unit",
)  # fmt: skip
_UNSURE = "Ozon's answer doesn't say whether it took the products; that is looked up first."


class OzonCards:
    def __init__(self, account: Account) -> None:
        self._ask = OzonDoor(account).ask

    def look(self, ids: Sequence[str]) -> Mapping[str, CardSeen]:
        found: dict[str, CardSeen] = {}
        for start in range(0, len(ids), MOST_READ):
            part = list(ids[start : start + MOST_READ])
            told = {
                words_of(row.get("offer_id")): row for row in self._told(INFO, "items", {"offer_id": part})
            }
            asked = {"filter": {"offer_id": part, "visibility": "ALL"}, "limit": MOST_READ}
            for row in self._told(ATTRIBUTES, "result", asked):
                article = words_of(row.get("offer_id"))
                if article in told:
                    found[article] = seen_of({**told[article], **row})
        return found

    def _told(self, path: str, name: str, body: Mapping[str, Any]) -> list[Row]:
        try:
            said = row_of(self._ask(path, body))
        except NotThere:
            return []
        if not isinstance(said.get(name), list):
            raise Unreadable("Ozon answered without its list of products.")
        return rows_of(said[name])

    def mark(self, ids: Sequence[str]) -> str:
        """A task speaks of itself alone."""
        return ""

    def push(self, cards: Sequence[tuple[CardSeen, CardWanted]]) -> str:
        """The tasks' numbers with a comma between them: one for whole products, one for attributes alone."""
        renamed = [one for one in cards if _wants_import(*one)]
        others = [one for one in cards if not _wants_import(*one)]
        tasks = []
        if renamed:
            items = [imported(card.whole, wanted) for card, wanted in renamed]
            tasks.append(row_of(row_of(self._ask(IMPORT, {"items": items}, sends=True)).get("result")))
        if others:
            items = [updated(card, wanted) for card, wanted in others]
            tasks.append(row_of(self._ask(UPDATE, {"items": items}, sends=True)))
        numbers = [words_of(task.get("task_id")) for task in tasks]
        if not all(numbers):
            raise InDoubt(_UNSURE)
        return ",".join(numbers)

    def outcomes(self, ids: Sequence[str], *, mark: str, task: str) -> Mapping[str, CardOutcome]:
        found: dict[str, CardOutcome] = {}
        for number in filter(None, task.split(",")):
            try:
                said = row_of(row_of(self._ask(TASK, {"task_id": int(number)})).get("result"))
            except NotThere:
                continue  # Ozon forgets its tasks after a while
            for row in rows_of(said.get("items")):
                article = words_of(row.get("offer_id"))
                if article in ids:
                    found[article] = outcome_of(row)
        return found

    # --- The tree ------------------------------------------------------------------------------------------

    def nodes(self) -> list[TreeNode]:
        """A type is known by its category as well: the same one may stand in several."""
        found: list[TreeNode] = []
        self._walk(rows_of(row_of(self._ask(TREE, {"language": "DEFAULT"})).get("result")), "", found)
        return found

    def _walk(self, rows: list[Row], parent: str, found: list[TreeNode]) -> None:
        for row in rows:
            if row.get("disabled") is True:
                continue
            category, type_id = words_of(row.get("description_category_id")), words_of(row.get("type_id"))
            key = f"{parent}:{type_id}" if type_id else category
            found.append(
                TreeNode(key, words_of(row.get("type_name")) or words_of(row.get("category_name")), parent)
            )
            self._walk(rows_of(row.get("children")), category or parent, found)

    def attributes(self, category_id: str) -> list[TargetAttribute]:
        category, _colon, type_id = category_id.partition(":")
        asked = {"description_category_id": int(category), "type_id": int(type_id), "language": "DEFAULT"}
        return [
            TargetAttribute(
                id=words_of(row.get("id")),
                name=words_of(row.get("name")),
                is_number=plain(row.get("type")) in ("decimal", "integer"),
                is_required=row.get("is_required") is True,
                most=number_of(row.get("max_value_count")) or (0 if row.get("is_collection") else 1),
                choices=self._choices(asked, row),
            )
            for row in rows_of(row_of(self._ask(OF_TYPE, asked)).get("result"))
            if words_of(row.get("id")) not in (NAME, ANNOTATION)
        ]

    def find_value(self, category_id: str, attribute_id: str, words: str) -> Value | None:
        wanted = fold(words)
        if len(wanted) < LEAST_SOUGHT:
            return None
        asked = {
            **_type_of(category_id),
            "attribute_id": int(attribute_id),
            "value": words,
            "limit": MOST_FOUND,
        }
        rows = rows_of(row_of(self._ask(SEARCH, asked)).get("result"))
        found = [row for row in rows if fold(words_of(row.get("value"))) == wanted]
        return Value(words_of(found[0].get("value")), words_of(found[0].get("id"))) if found else None

    def _choices(self, asked: Mapping[str, Any], attribute: Row) -> tuple[Value, ...] | None:
        if not number_of(attribute.get("dictionary_id")):
            return ()
        said = row_of(
            self._ask(
                VALUES,
                {**asked, "attribute_id": attribute.get("id"), "limit": MOST_CHOICES, "last_value_id": 0},
            )
        )
        if is_true(said.get("has_next")):
            return None
        return tuple(
            Value(words_of(row.get("value")), words_of(row.get("id"))) for row in rows_of(said.get("result"))
        )


def _type_of(category_id: str) -> dict[str, int]:
    category, _colon, type_id = category_id.partition(":")
    return {"description_category_id": int(category), "type_id": int(type_id)}


def seen_of(row: Row) -> CardSeen:
    """Of a product's two lists in one. The name and the description are attributes as well; they stand apart here."""
    attributes = rows_of(row.get("attributes"))
    values = {words_of(one.get("id")): _texts(one) for one in attributes}
    return CardSeen(
        id=words_of(row.get("offer_id")),
        number=words_of(row.get("id")),
        title=words_of(row.get("name")),
        description="\n".join(values.get(ANNOTATION, ())),
        image_urls=_images(row),
        category_id=f"{words_of(row.get('description_category_id'))}:{words_of(row.get('type_id'))}",
        attributes=tuple(
            AttributeSeen(name="", values=texts, id=key)
            for key, texts in values.items()
            if key not in (NAME, ANNOTATION)
        ),
        changed_at=moment_of(row.get("updated_at")),
        whole=row,
    )


def _wants_import(card: CardSeen, wanted: CardWanted) -> bool:
    return wanted.title not in (None, card.title) or wanted.pictures is not None


def imported(whole: Mapping[str, Any], wanted: CardWanted) -> dict[str, Any]:
    """The product as an import wants it. What isn't wanted otherwise goes back as it was read."""
    item = {name: whole[name] for name in KEPT if whole.get(name) not in (None, "")}
    if wanted.title is not None:
        item["name"] = wanted.title
    if barcode := words_of(whole.get("barcode")):
        item["barcode"] = barcode
    if wanted.pictures is not None:
        item["images"] = list(wanted.pictures)  # the first one is the main one
    elif image := words_of(whole.get("primary_image")):
        item["primary_image"] = image
    if complexes := rows_of(whole.get("complex_attributes")):
        item["complex_attributes"] = complexes
    ours = {one["id"]: one for one in _attributes(wanted, renames=True)}
    kept = [one for one in rows_of(whole.get("attributes")) if one.get("id") not in ours]
    had_name = any(words_of(one.get("id")) == NAME for one in rows_of(whole.get("attributes")))
    if not had_name:
        ours.pop(int(NAME), None)
    item["attributes"] = [*kept, *ours.values()]
    return item


def updated(card: CardSeen, wanted: CardWanted) -> dict[str, Any]:
    return {"offer_id": card.id, "attributes": _attributes(wanted, renames=False)}


def _attributes(wanted: CardWanted, *, renames: bool) -> list[dict[str, Any]]:
    listed = list(wanted.attributes)
    if wanted.description is not None:
        listed.append(AttributeWanted(ANNOTATION, (Value(wanted.description),)))
    if renames and wanted.title is not None:
        listed.append(AttributeWanted(NAME, (Value(wanted.title),)))
    return [
        {
            "id": int(one.id),
            "complex_id": 0,
            "values": [
                {"dictionary_value_id": number_of(value.id) or 0, "value": value.text} for value in one.values
            ],
        }
        for one in listed
        if one.id.isdigit()
    ]


def _images(row: Row) -> tuple[str, ...]:
    """The main one first; the lists name it apart, as a text or as a list of one, and may name it again."""
    main, others = row.get("primary_image"), row.get("images")
    listed = [*(main if isinstance(main, list) else [main]), *(others if isinstance(others, list) else [])]
    return tuple(dict.fromkeys(word for one in listed if (word := words_of(one))))


def _texts(attribute: Row) -> tuple[str, ...]:
    return tuple(words_of(one.get("value")) for one in rows_of(attribute.get("values")))


def outcome_of(row: Row) -> CardOutcome:
    """Errors of the level «error» alone: a warning lets the product go."""
    status = plain(row.get("status"))
    if status == "failed":
        said = [refused(one) for one in rows_of(row.get("errors")) if plain(one.get("level")) != "warning"]
        return CardOutcome(False, tuple(dict.fromkeys(said)) or (FieldRefused(WHOLE, "—"),))
    return CardOutcome(True if status in ("imported", "skipped") else None)


def refused(error: Row) -> FieldRefused:
    said = words_of(error.get("description")) or words_of(error.get("message")) or words_of(error.get("code"))
    attribute = words_of(error.get("attribute_id"))
    name = words_of(error.get("attribute_name"))
    words = f"{name}: {said}" if name and name.casefold() not in said.casefold() else said
    if attribute == NAME or plain(error.get("field")) == "name":
        return FieldRefused(TITLE, words)
    if attribute == ANNOTATION or plain(error.get("field")) == "description":
        return FieldRefused(DESCRIPTION, words)
    if plain(error.get("field")) in ("images", "primary_image"):
        return FieldRefused(PICTURES, words)
    return FieldRefused(attribute_field(attribute) if attribute not in ("", "0") else WHOLE, words)
