"""Canned answers: making, changing, ordering and deleting them, and what one says to a certain buyer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.inbox.canned_filling import PLACES, fill, unknown_places
from vitrina.inbox.knowing import settings_of
from vitrina.inbox.masking import is_nameless
from vitrina.inbox.models import CannedAnswer, Interaction
from vitrina.inbox.queue_filter import platform_name
from vitrina.inbox.running_values import decided
from vitrina.lib.text import language_of, normalise

MOST = 200  # of one seller
MOST_TEXT = 4_000  # characters
KEY = re.compile(r"[a-zа-яё0-9_-]{1,20}")
COLUMNS = ("name", "key", "language", "text")


class CannedRefused(Exception):
    """Nothing was changed. `field` is what has to be mended; empty: it is the list as a whole."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


def make(seller: Seller, *, by: User, **columns: str) -> CannedAnswer:
    """At the end of the list. Raises CannedRefused."""
    columns = _clean(columns)
    try:
        with transaction.atomic():
            # One after the other: two at once would get one place.
            Seller.objects.select_for_update(no_key=True).only("pk").get(pk=seller.pk)
            own = CannedAnswer.objects.filter(seller=seller)
            if own.count() >= MOST:
                words = _("There are %(most)d already, the most that a shop may have. Delete one first.")
                raise CannedRefused("", words % {"most": MOST})
            last: int = own.aggregate(last=Max("place"))["last"] or 0
            canned = CannedAnswer.objects.create(seller=seller, place=last + 1, **columns)
            audit.record("canned.make", canned, by=by, after=_state(canned))
    except IntegrityError:
        raise _taken(columns["key"]) from None
    return canned


def change(canned: CannedAnswer, *, by: User, **columns: str) -> CannedAnswer:
    """Raises CannedRefused."""
    columns = _clean(columns)
    before = _state(canned)
    if before | columns == before:
        return canned
    for name, value in columns.items():
        setattr(canned, name, value)
    try:
        with transaction.atomic():
            canned.save(update_fields=[*columns, "changed_at"])
            audit.record("canned.change", canned, by=by, before=before, after=_state(canned))
    except IntegrityError:
        raise _taken(columns["key"]) from None
    return canned


def delete(canned: CannedAnswer, *, by: User) -> None:
    with transaction.atomic():
        audit.record("canned.delete", canned, by=by, before=_state(canned))
        canned.delete()


def move(canned: CannedAnswer, *, to: int, by: User) -> None:
    """`to`: its place in the list, from 1; beyond the end is the end."""
    with transaction.atomic():
        Seller.objects.select_for_update(no_key=True).only("pk").get(pk=canned.seller_id)
        rows = list(in_order(canned.seller_id))
        before = next((number for number, row in enumerate(rows, start=1) if row.pk == canned.pk), None)
        if before is None:
            return
        row = rows.pop(before - 1)
        rows.insert(max(to, 1) - 1, row)
        for place, row in enumerate(rows, start=1):
            row.place = place
        CannedAnswer.objects.bulk_update(rows, ["place"])
        canned.place = after = rows.index(canned) + 1
        if after != before:
            audit.record("canned.move", canned, by=by, before={"place": before}, after={"place": after})


def in_order(seller_id: int) -> Iterable[CannedAnswer]:
    return CannedAnswer.objects.filter(seller_id=seller_id).order_by("place", "pk")


def count_uses(seller_id: int, said: Iterable[str]) -> None:
    """A reply that these were put into was sent. `said`: ids as a form sends them."""
    ids = {int(one) for one in said if one.isascii() and one.isdigit() and len(one) < 19}
    if ids:
        CannedAnswer.objects.filter(seller_id=seller_id, pk__in=ids).update(uses=F("uses") + 1)


@dataclass(frozen=True)
class Filled:
    """A canned answer as it would stand in a certain reply. `is_own`: it is in the buyer's language, or in any."""

    canned: CannedAnswer
    text: str
    is_own: bool


def filled_for(interaction: Interaction) -> list[Filled]:
    """Those of its seller, in the buyer's language first. Two queries where `product` and `seller` were read along."""
    values = _values(interaction)
    language = language_of(" ".join([interaction.text, interaction.pros, interaction.cons]))
    found = [
        Filled(canned, fill(canned.text, values), not language or canned.language in ("", language))
        for canned in in_order(interaction.seller_id)
    ]
    return sorted(found, key=lambda one: not one.is_own)


def _values(interaction: Interaction) -> Mapping[str, str]:
    settings = settings_of(interaction.seller_id)
    signature = decided(settings).signature
    title = interaction.product.title if interaction.product else ""
    buyer = interaction.buyer if settings.greets_by_name and not is_nameless(interaction.buyer) else ""
    return {
        "buyer": buyer,
        "product": interaction.product_name or title,
        "signature": signature,
        "shop": interaction.seller.name,
        "marketplace": platform_name(interaction.platform),
    }


def _clean(columns: Mapping[str, str]) -> dict[str, Any]:
    clean = {
        name: normalise(value, lines=name == "text") for name, value in columns.items() if name in COLUMNS
    }
    if "key" in clean:
        clean["key"] = clean["key"].lower().removeprefix("/")
        if not KEY.fullmatch(clean["key"]):
            raise CannedRefused("key", _("A key has up to 20 letters, digits, - and _, without spaces."))
    if not clean.get("name", "-"):
        raise CannedRefused("name", _("Give it a name by which it is found."))
    if "text" in clean:
        if not clean["text"]:
            raise CannedRefused("text", _("There are no words in it."))
        if unknown := unknown_places(clean["text"]):
            words = _("There is no place %(unknown)s. Those that are filled: %(known)s.")
            known = ", ".join(f"{{{place}}}" for place in PLACES)
            raise CannedRefused("text", words % {"unknown": ", ".join(unknown[:5]), "known": known})
    return clean


def _state(canned: CannedAnswer) -> dict[str, Any]:
    return {name: getattr(canned, name) for name in COLUMNS}


def _taken(key: str) -> CannedRefused:
    return CannedRefused("key", _("/%(key)s is another one's key already.") % {"key": key})
