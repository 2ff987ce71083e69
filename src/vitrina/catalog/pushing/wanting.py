"""What is to stand in a card of a marketplace: our finished text, in the form that it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vitrina.catalog.card import Card
from vitrina.channels.cards import (
    DESCRIPTION,
    TITLE,
    AttributeWanted,
    CardWanted,
    Value,
    attribute_field,
)


def wanted_of(card: Card, attributes: Sequence[AttributeWanted] = ()) -> dict[str, Any]:
    """Fields, as `deciding` compares them. `card` in the target's own form."""
    texts = {TITLE: card.title, DESCRIPTION: card.description}
    return texts | {attribute_field(one.id): [value.text for value in one.values] for one in attributes}


def as_wanted(wanted: Mapping[str, Any], attributes: Sequence[Mapping[str, Any]]) -> CardWanted:
    """As it goes to the marketplace, of a row's columns."""
    return CardWanted(
        title=wanted.get(TITLE),
        description=wanted.get(DESCRIPTION),
        attributes=tuple(
            AttributeWanted(
                id=one["id"],
                values=tuple(Value(value["text"], value["id"]) for value in one["values"]),
                name=one["name"],
                is_number=one["is_number"],
            )
            for one in attributes
        ),
    )


def as_json(attributes: Sequence[AttributeWanted]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "name": one.name,
            "is_number": one.is_number,
            "values": [{"id": value.id, "text": value.text} for value in one.values],
        }
        for one in attributes
    ]
