"""In which order the products are listed, and paging by key in each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.walking import walk
from vitrina.catalog.models import Product
from vitrina.lib.moments import storable


@dataclass(frozen=True)
class Order:
    """By `field`, then by id; an unknown value stands last, whichever way it goes."""

    key: str
    name: Any
    field: str = ""  # "": by id alone
    is_descending: bool = True
    may_be_unknown: bool = False

    def stretches(self, cursor: Cursor | None = None, *, back: bool = False) -> list[Stretch]:
        """What comes after a place in the list, or before it when one goes `back`; the whole list without a place.

        What is known and what is not are asked one after the other: at once, no index has them in this order.
        """
        down = self.is_descending is not back
        if not self.field:
            beyond = Q() if cursor is None else Q(pk__lt=cursor.pk) if down else Q(pk__gt=cursor.pk)
            return [Stretch(beyond, ("-pk" if down else "pk",))]
        by_id = "pk" if back else "-pk"
        keys = (f"-{self.field}" if down else self.field, by_id)
        if not self.may_be_unknown:
            return [Stretch(self._onward(cursor, down, back) if cursor else Q(), keys)]
        known = Stretch(Q(**{f"{self.field}__isnull": False}), keys)
        unknown = Stretch(Q(**{f"{self.field}__isnull": True}), (by_id,))
        if cursor is None:
            return [known, unknown]
        if cursor.value is None:
            rest = Stretch(unknown.rows & self._by_id(cursor, back), (by_id,))
            return [rest, known] if back else [rest]
        rest = Stretch(self._onward(cursor, down, back), keys)
        return [rest] if back else [rest, unknown]

    def _onward(self, cursor: Cursor, down: bool, back: bool) -> Q:
        further = Q(**{f"{self.field}__{'lt' if down else 'gt'}": cursor.value})
        reached = Q(**{f"{self.field}__{'lte' if down else 'gte'}": cursor.value})
        # The bound stands apart, so that the index is entered at it.
        return reached & (further | self._by_id(cursor, back))

    @staticmethod
    def _by_id(cursor: Cursor, back: bool) -> Q:
        return Q(pk__gt=cursor.pk) if back else Q(pk__lt=cursor.pk)


@dataclass(frozen=True)
class Stretch:
    """A part of an ordered list that one index answers: which rows, by which keys."""

    rows: Q
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Cursor:
    """A place in an ordered list."""

    pk: int
    value: Any = None

    def __str__(self) -> str:
        if self.value is None:
            return str(self.pk)
        said = self.value.isoformat() if isinstance(self.value, datetime) else str(self.value)
        return f"{self.pk}_{said}"


# The id and, in an order by a field, its value: a thousand are read to be counted, fifty are shown.
Place = tuple[Any, ...]

ORDERS = {
    order.key: order
    for order in (
        Order("", _("newest first")),
        Order("oldest", _("oldest first"), is_descending=False),
        Order("changed", _("changed lately"), "updated_at"),
        Order("cheap", _("cheapest first"), "price", is_descending=False, may_be_unknown=True),
        Order("dear", _("dearest first"), "price", may_be_unknown=True),
    )
}


@dataclass(frozen=True)
class Screen:
    """Ids of one screenful. `older` leads on, `newer` back, whatever the order; None at the ends.

    `found`: how many rows there are, up to the number that was asked; None where that wasn't told along.
    """

    ids: list[int]
    older: str | None
    newer: str | None
    found: int | None = None


def order_of(text: str | None) -> Order:
    return ORDERS.get(text or "", ORDERS[""])


def screen(
    rows: QuerySet[Product],
    order: Order,
    *,
    before: str | None,
    after: str | None,
    size: int,
    sellers: Sequence[int] | None = None,
    count_up_to: int = 0,
) -> Screen:
    """By `?before=` or `?after=`: as quick on the last page as on the first. One query, of ids alone; a second one where the
    page reaches from the known values into the unknown.

    `sellers`: whose of the rows are meant (`walking.walk`). The first screen of the newest is counted along: what is rare lies at the
    end of a long walk, which is then gone once.
    """
    back = _cursor(order, after)
    onward = None if back else _cursor(order, before)
    if back:
        found = _first(rows, order, order.stretches(back, back=True), sellers, size=size + 1)
        has_more, places = len(found) > size, found[:size][::-1]
        newer = places[0] if has_more else None
        return Screen([pk for pk, *_ in places], _said(places[-1] if places else None), _said(newer))
    # Only newest first: where many cost the same, a longer walk by the price sorts more.
    is_counted = not (onward or order.field)
    most = max(size + 1, count_up_to) if is_counted else size + 1
    found = _first(rows, order, order.stretches(onward), sellers, size=most)
    places = found[:size]
    return Screen(
        [pk for pk, *_ in places],
        older=_said(places[-1] if len(found) > size else None),
        newer=_said(places[0] if onward and places else None),
        found=len(found) if is_counted or (len(found) <= size and not onward) else None,
    )


def beside(rows: QuerySet[Product], order: Order, product: Product) -> tuple[int | None, int | None]:
    """The ids before and after a product in a list, whether or not it still stands in it. Two to four queries."""
    here = Cursor(product.pk, getattr(product, order.field) if order.field else None)
    before = _first(rows, order, order.stretches(here, back=True), None, size=1)
    after = _first(rows, order, order.stretches(here), None, size=1)
    return (before[0][0] if before else None, after[0][0] if after else None)


def _first(
    rows: QuerySet[Product],
    order: Order,
    stretches: Sequence[Stretch],
    sellers: Sequence[int] | None,
    *,
    size: int,
) -> list[Place]:
    values = ["pk", order.field] if order.field else ["pk"]
    found: list[Place] = []
    for stretch in stretches:
        if len(found) < size:
            part = walk(rows.filter(stretch.rows), sellers, stretch.keys, size=size - len(found))
            found += part.values_list(*values)
    return found


def _said(place: Place | None) -> str | None:
    return None if place is None else str(Cursor(*place))


def _cursor(order: Order, text: str | None) -> Cursor | None:
    """None for what is no place of this order."""
    number, _, said = (text or "")[:80].partition("_")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    if not order.field:
        return Cursor(int(number))
    if not said:
        return Cursor(int(number)) if order.may_be_unknown else None
    try:
        value: Any = datetime.fromisoformat(said) if order.field == "updated_at" else Decimal(said)
    except (ValueError, InvalidOperation):
        return None
    if isinstance(value, datetime) and (value.tzinfo is None or storable(value) is None):
        return None
    if isinstance(value, Decimal) and not (value.is_finite() and abs(value) < 10**12):
        return None
    return Cursor(int(number), value)
