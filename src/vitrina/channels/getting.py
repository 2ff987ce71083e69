"""Where a seller gets the credentials for a marketplace, and of which kind. What the keys must carry was last looked
up in the marketplaces' own descriptions in November 2026."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

HOW: dict[str, Any] = {
    "wildberries": _(
        "In the seller's cabinet make a personal token (not a base one: its limits shrink) with the rights "
        "«Feedbacks and Questions», «Buyers chat» and, for your cards, «Content». It is valid for 180 days; the studio tells you two "
        "weeks before it ends."
    ),
    "ozon": _(
        "In the seller's cabinet make an API key whose role covers reviews, questions, chats and products, and copy the Client ID beside it. "
        "The key is valid for six months. Reviews need the plan Premium Pro or the subscription for managing reviews; "
        "questions need Premium Plus; answers in chats need Premium Plus or Premium Pro."
    ),
    "instagram": _(
        "The account must be a business or professional one. In Meta's cabinet for developers make an app with Instagram login, and in "
        "it a long-lived access token with the right «instagram_business_basic»; the number of the account stands beside it. Posts "
        "with pictures come in as drafts of listings. The token is valid for 60 days; then give a new one here."
    ),
    "yandex_market": _(
        "In the seller's cabinet make an API key with access to communication with buyers and, for your cards, to managing products "
        "and cards. No plan is needed for it."
    ),
}


def how(platform: str) -> str:
    """Empty for a marketplace of which nothing is known."""
    return str(HOW.get(platform, ""))
