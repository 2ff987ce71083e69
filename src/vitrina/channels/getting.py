"""Where a seller gets the credentials for a marketplace, and of which kind. What the keys must carry was last looked
up in the marketplaces' own descriptions in November 2026."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

HOW: dict[str, Any] = {
    "wildberries": _(
        "In the seller's cabinet make a personal token (not a base one: its limits shrink) with the rights "
        "«Feedbacks and Questions» and «Buyers chat». It is valid for 180 days; the studio tells you two weeks before it ends."
    ),
    "ozon": _(
        "In the seller's cabinet make an API key whose role covers reviews, questions and chats, and copy the Client ID beside it. "
        "The key is valid for six months. Reviews need the plan Premium Pro or the subscription for managing reviews; "
        "questions need Premium Plus; answers in chats need Premium Plus or Premium Pro."
    ),
    "yandex_market": _(
        "In the seller's cabinet make an API key with access to communication with buyers. No plan is needed for it."
    ),
}


def how(platform: str) -> str:
    """Empty for a marketplace of which nothing is known."""
    return str(HOW.get(platform, ""))
