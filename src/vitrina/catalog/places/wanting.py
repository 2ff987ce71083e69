"""Which attributes of a place go to the marketplace with a card. Pure."""

from __future__ import annotations

from vitrina.catalog.places.models import Place
from vitrina.channels.cards import AttributeWanted, CardSeen, Value


def attributes_for(place: Place | None, seen: CardSeen | None) -> tuple[AttributeWanted, ...]:
    """What a person said; and what is sure where the card has nothing yet. Only of a confirmed place, and one in which the card
    stands there: another category has other attributes."""
    if place is None or seen is None or not place.is_confirmed:
        return ()
    if seen.category_id and seen.category_id != place.category.external_id:
        return ()
    filled = {one.id for one in seen.attributes if any(one.values)}
    return tuple(
        AttributeWanted(
            id=key,
            values=tuple(Value(one["text"], one["id"]) for one in said["values"]),
            name=said["name"],
            is_number=said["is_number"],
        )
        for key, said in place.values.items()
        if said["values"] and (said["state"] == "person" or (said["state"] == "sure" and key not in filled))
    )
