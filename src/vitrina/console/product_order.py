"""In which order the products are listed, and paging by key in each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

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

    def sorted(self, rows: QuerySet[Product], *, back: bool = False) -> QuerySet[Product]:
        down = self.is_descending is not back
        if not self.field:
            return rows.order_by("-pk" if down else "pk")
        by_id = "pk" if back else "-pk"
        if not self.may_be_unknown:
            return rows.order_by(f"-{self.field}" if down else self.field, by_id)
        column = F(self.field)
        if down:
            return rows.order_by(
                column.desc(nulls_first=True) if back else column.desc(nulls_last=True), by_id
            )
        return rows.order_by(column.asc(nulls_first=True) if back else column.asc(nulls_last=True), by_id)

    def beyond(self, cursor: Cursor, *, back: bool = False) -> Q:
        """What comes after a place in the list, or before it when one goes `back`."""
        down = self.is_descending is not back
        if not self.field:
            return Q(pk__lt=cursor.pk) if down else Q(pk__gt=cursor.pk)
        by_id = Q(pk__gt=cursor.pk) if back else Q(pk__lt=cursor.pk)
        unknown = Q(**{f"{self.field}__isnull": True})
        if cursor.value is None:
            return unknown & by_id if not back else ~unknown | (unknown & by_id)
        further = Q(**{f"{self.field}__{'lt' if down else 'gt'}": cursor.value})
        reached = Q(**{f"{self.field}__{'lte' if down else 'gte'}": cursor.value})
        # The bound stands apart, so that the index is entered at it.
        onward = reached & (further | by_id)
        return onward | unknown if self.may_be_unknown and not back else onward


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
    """Ids of one screenful. `older` leads on, `newer` back, whatever the order; None at the ends."""

    ids: list[int]
    older: str | None
    newer: str | None


def order_of(text: str | None) -> Order:
    return ORDERS.get(text or "", ORDERS[""])


def screen(
    rows: QuerySet[Product], order: Order, *, before: str | None, after: str | None, size: int
) -> Screen:
    """By `?before=` or `?after=`: as quick on the last page as on the first. One query, of ids alone."""
    back = _cursor(order, after)
    onward = None if back else _cursor(order, before)
    if back:
        found = _places(order.sorted(rows.filter(order.beyond(back, back=True)), back=True), order, size + 1)
        has_more, places = len(found) > size, found[:size][::-1]
        newer = places[0] if has_more else None
        return Screen([place.pk for place in places], _said(places[-1] if places else None), _said(newer))
    if onward:
        rows = rows.filter(order.beyond(onward))
    found = _places(order.sorted(rows), order, size + 1)
    places = found[:size]
    older = places[-1] if len(found) > size else None
    return Screen(
        [place.pk for place in places], _said(older), _said(places[0] if onward and places else None)
    )


def beside(rows: QuerySet[Product], order: Order, product: Product) -> tuple[int | None, int | None]:
    """The ids before and after a product in a list, whether or not it still stands in it. Two queries."""
    here = Cursor(product.pk, getattr(product, order.field) if order.field else None)
    before = order.sorted(rows.filter(order.beyond(here, back=True)), back=True)
    after = order.sorted(rows.filter(order.beyond(here)))
    return before.values_list("pk", flat=True).first(), after.values_list("pk", flat=True).first()


def _places(rows: QuerySet[Product], order: Order, most: int) -> list[Cursor]:
    if not order.field:
        return [Cursor(pk) for pk in rows.values_list("pk", flat=True)[:most]]
    return [Cursor(pk, value) for pk, value in rows.values_list("pk", order.field)[:most]]


def _said(place: Cursor | None) -> str | None:
    return None if place is None else str(place)


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
