"""What is to stand in a card of a marketplace: our finished text, in the form that it takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from vitrina.catalog.card import Card
from vitrina.catalog.limits import HARD
from vitrina.catalog.listing import Remark
from vitrina.catalog.preflight import Problem
from vitrina.channels.cards import (
    DESCRIPTION,
    PICTURES,
    TITLE,
    AttributeWanted,
    CardWanted,
    Value,
    attribute_field,
)
from vitrina.lib.sentences import gettext_noop

# What a push may bring; PICTURES is the third.
TEXTS, ATTRIBUTES = "texts", "attributes"
PARTS = (TEXTS, ATTRIBUTES, PICTURES)

NO_ADDRESS = gettext_noop(
    "pictures that the marketplace can't fetch, since this studio has no public address for them: %(count)s. Set VITRINA_MEDIA_URL or R2_PUBLIC_URL, or push without pictures."
)
NOT_STORED = gettext_noop(
    "pictures that are not stored here yet, so that nobody could check them: %(count)s. Fetch them first, or push without pictures."
)
NO_PICTURES = gettext_noop("the product has no pictures; those at the marketplace would all be gone")


def wanted_of(
    card: Card, attributes: Sequence[AttributeWanted] = (), *, parts: Collection[str] = (TEXTS, ATTRIBUTES)
) -> dict[str, Any]:
    """Fields, as `deciding` compares them. `card` in the target's own form."""
    wanted: dict[str, Any] = {}
    if TEXTS in parts:
        wanted |= {TITLE: card.title, DESCRIPTION: card.description}
    if ATTRIBUTES in parts:
        wanted |= {attribute_field(one.id): [value.text for value in one.values] for one in attributes}
    if PICTURES in parts:
        wanted[PICTURES] = [card.image_urls[one.number - 1] for one in card.pictures]
    return wanted


def picture_problems(card: Card) -> list[Problem]:
    """Why a card's pictures may not replace those of the marketplace: none would be left out in silence."""
    problems = []
    if card.unreachable:
        remark = Remark(NO_ADDRESS, {"count": card.unreachable})
        problems.append(Problem("image_urls.no_address", HARD, remark))
    if unseen := len(card.image_urls) - len(card.pictures):
        problems.append(Problem("image_urls.not_stored", HARD, Remark(NOT_STORED, {"count": unseen})))
    if not card.image_urls and not card.unreachable:
        problems.append(Problem("image_urls.none", HARD, Remark(NO_PICTURES)))
    return problems


def as_wanted(wanted: Mapping[str, Any], attributes: Sequence[Mapping[str, Any]]) -> CardWanted:
    """As it goes to the marketplace, of a row's columns."""
    return CardWanted(
        title=wanted.get(TITLE),
        description=wanted.get(DESCRIPTION),
        pictures=tuple(wanted[PICTURES]) if PICTURES in wanted else None,
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
