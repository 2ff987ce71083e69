"""How a connection does, as a page says it: one word for the chip, what is open, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.ports import AccessState, Kind
from vitrina.channels.probing import CARDS

EXPIRES_SOON = timedelta(days=14)

KIND_WORDS: dict[Kind, Any] = {
    Kind.REVIEW: pgettext_lazy("of buyers", "Reviews"),
    Kind.QUESTION: pgettext_lazy("of buyers", "Questions"),
    Kind.CHAT: pgettext_lazy("of buyers", "Chats"),
}
CARDS_WORDS = gettext_lazy("Products")
TROUBLE_WORDS: dict[str, Any] = {
    "credentials": gettext_lazy(
        "The marketplace refuses the credentials: they are wrong, have expired or were withdrawn. Give new ones."
    ),
    "throttled": gettext_lazy("The marketplace is asked too often at the moment. It is asked again later."),
    "unavailable": gettext_lazy(
        "The marketplace can't be reached, or has trouble of its own. It is asked again later."
    ),
    "unreadable": gettext_lazy("The marketplace answered with something that can't be understood."),
    "refused": gettext_lazy("The marketplace refused the question."),
    "unknown_platform": gettext_lazy("This version of the program knows no marketplace of that name."),
}
OTHER_TROUBLE = gettext_lazy("The marketplace didn't tell what the credentials open.")


@dataclass(frozen=True)
class Standing:
    tone: str  # a state that the chips know
    words: str
    aside: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Door:
    """One channel of the marketplace: whether it is open."""

    name: str
    tone: str
    words: str
    aside: str = ""  # what to do


def standing(connection: Connection, now: datetime) -> Standing:
    """The first of what a person should know."""
    if not connection.is_on:
        return Standing("cancelled", _("switched off"))
    if is_expired(connection, now):
        return Standing("failed", _("credentials have expired"), at=connection.expires_at)
    if connection.trouble:
        return Standing("failed", _("can't be asked"), _("last tried"), connection.probed_at)
    if connection.probed_at is None:
        return Standing("pending", _("not asked yet"))
    if expires_soon(connection, now):
        return Standing("paused", _("credentials expire soon"), _("valid until"), connection.expires_at)
    if not any(door.tone == "done" for door in doors(connection)):
        return Standing("paused", _("nothing is open"))
    return Standing("done", pgettext("a connection", "works"), _("last looked at"), connection.probed_at)


def is_expired(connection: Connection, now: datetime) -> bool:
    return connection.expires_at is not None and connection.expires_at <= now


def expires_soon(connection: Connection, now: datetime) -> bool:
    """From 14 days before."""
    return connection.expires_at is not None and now < connection.expires_at <= now + EXPIRES_SOON


def trouble_words(connection: Connection) -> str:
    """Empty where there is none. The row keeps the sentence as it was said, for whoever looks closer."""
    return str(TROUBLE_WORDS.get(connection.trouble_kind, OTHER_TROUBLE)) if connection.trouble else ""


def doors(connection: Connection) -> list[Door]:
    """Every channel that its marketplace has, and its products, as the last probe found them."""
    platform = PLATFORMS.get(connection.platform)
    names: dict[str, Any] = {}
    if platform is None or platform.has_buyers:
        names |= {kind.value: words for kind, words in KIND_WORDS.items()}
    if platform is not None and platform.cards is not None:
        names[CARDS] = CARDS_WORDS
    return [_door(str(words), _told(connection.access, name)) for name, words in names.items()]


def _told(access: Any, name: str) -> Mapping[str, Any]:
    one = access.get(name) if isinstance(access, dict) else None
    return one if isinstance(one, dict) else {}


def _door(name: str, told: Mapping[str, Any]) -> Door:
    state, needs = told.get("state", ""), str(told.get("needs") or "")
    if state == AccessState.OPEN:
        return Door(name, "done", _("open"))
    if state == AccessState.NEEDS_PLAN:
        words = _("needs %(plan)s") % {"plan": needs} if needs else _("needs another plan")
        return Door(name, "paused", words, _("Your plan at the marketplace doesn't have it."))
    if state == AccessState.NEEDS_RIGHT:
        words = _("needs the right «%(right)s»") % {"right": needs} if needs else _("needs another right")
        return Door(name, "paused", words, _("Make a key that carries the right, and give it here."))
    if state == AccessState.CLOSED:
        return Door(name, "cancelled", _("not offered by the marketplace"))
    return Door(name, "pending", _("not known"))
