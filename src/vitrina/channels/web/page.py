"""One page of a supplier as a source of cards. Its cursor: how the page answered last, {"etag", "last_modified", "cards"}."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_noop

from vitrina.channels.cards import CardPage
from vitrina.channels.web import product_page
from vitrina.channels.web.asking import Asker
from vitrina.channels.web.troubles import NothingMarked, SignInAsked

ASKS_PASSWORD = gettext_noop("The page asks for a name and a password.")
NOTHING_MARKED = gettext_noop("The page shows no product in a form that programs read.")


class PageSource:
    """Raises FetchError and WebTrouble."""

    def __init__(self, address: str, asker: Asker) -> None:
        self._address = address
        self._asker = asker

    def cards(self, cursor: str) -> CardPage:
        known = _known(cursor)
        answer = self._asker.get(
            self._address, etag=known.get("etag", ""), last_modified=known.get("last_modified", "")
        )
        if answer.not_modified:
            return CardPage((), cursor, is_last=True, unchanged=int(known.get("cards", 0)))
        read = product_page.read(answer.body, answer.url, answer.headers.get("content-type", ""))
        if read.asks_password:
            raise SignInAsked(ASKS_PASSWORD)
        if not read.cards and not read.broken:
            if not answer.body.strip():
                return CardPage((), cursor, is_last=True)
            raise NothingMarked(NOTHING_MARKED)
        marks = {
            "etag": answer.headers.get("etag", "")[:500],
            "last_modified": answer.headers.get("last-modified", "")[:100],
            "cards": len(read.cards),
        }
        return CardPage(read.cards, json.dumps(marks), is_last=True, broken=read.broken)


def _known(cursor: str) -> dict[str, Any]:
    try:
        known = json.loads(cursor) if cursor else {}
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}
