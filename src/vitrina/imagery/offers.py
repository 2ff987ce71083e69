"""What else can be done with a finished picture: doors of the rooms above, offered on its page by name.

offers.add(Offer("product_picture", _("Use as product picture"), "package", Right.EDIT_CATALOGUE, why_not))
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from vitrina.accounts.roles import Right
from vitrina.imagery.models import GeneratedImage, ImageStatus


@dataclass(frozen=True)
class Offer:
    """`route`: of a page that takes the picture's id as `image`. `why_not`: words, empty where it can be done."""

    route: str
    title: Any
    icon: str
    right: Right
    why_not: Callable[[GeneratedImage], str]


@dataclass(frozen=True)
class Offered:
    title: Any
    icon: str
    address: str
    why_not: str


_offers: dict[str, Offer] = {}


def add(offer: Offer) -> None:
    """ValueError where another offer leads to the same door."""
    if _offers.setdefault(offer.route, offer) is not offer:
        raise ValueError(f"The door {offer.route} is offered already.")


def offers_for(image: GeneratedImage, rights: Collection[Right]) -> list[Offered]:
    """Of a finished picture, those that the person may walk through."""
    if image.status != ImageStatus.COMPLETED or not image.digest:
        return []
    return [
        Offered(
            offer.title, offer.icon, reverse(offer.route, kwargs={"image": image.pk}), offer.why_not(image)
        )
        for offer in _offers.values()
        if offer.right in rights
    ]
