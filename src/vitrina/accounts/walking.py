"""The first rows of a list over several sellers: each seller's own are walked by the index that begins with it, then merged.

Asked for all of them at once, SQLite reads the table from its end and PostgreSQL sorts, however many rows that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

from vitrina.accounts.models import Seller, ids_of_sellers
from vitrina.accounts.roles import Right

Row = TypeVar("Row", bound=Model)

MOST_WALKS = 50  # in one query; of more sellers all rows are asked at once
# Stands for the seller in the one walk that is put into words: no id is negative.
_ANY_SELLER = -(2**62)


def walk(
    rows: QuerySet[Row], sellers: Sequence[int] | None, order: Sequence[Any], *, size: int
) -> QuerySet[Row]:
    """The first `size` of those `rows` that are of `sellers` (None: whosever), in `order`, down to a unique key.

    `rows` name no sellers themselves: beside such a list SQLite doesn't see that a walk is of one. One query.
    """
    if sellers is None:
        return rows.order_by(*order)[:size]
    if not 1 < len(sellers) <= MOST_WALKS:
        return rows.filter(seller_id__in=sellers).order_by(*order)[:size]
    one = rows.filter(seller_id=_ANY_SELLER).order_by(*order).values("pk")[:size]
    try:
        statement, given = one.query.sql_with_params()
    except EmptyResultSet:
        return rows.none()
    # Django's own statement, once for each seller.
    walks = [f'SELECT "pk" FROM ({statement}) AS walk{number}' for number in range(len(sellers))]  # noqa: S608
    values = [seller if value == _ANY_SELLER else value for seller in sellers for value in given]
    merged = RawSQL(" UNION ALL ".join(walks), values)  # noqa: S611
    found: QuerySet[Row] = rows.model._default_manager.filter(pk__in=merged)
    return found.order_by(*order)[:size]


def sellers_to_walk(user: Any, right: Right = Right.VIEW, *, only: int | None = None) -> list[int] | None:
    """Whose rows `user` may see, or `only` one of them; None: whosever, of more sellers than are walked.

    One query for a superuser.
    """
    ids = ids_of_sellers(user, right)
    if only is not None:
        return [only] if ids is None or only in ids else []
    if ids is not None:
        return ids
    every = list(Seller.objects.order_by().values_list("pk", flat=True)[: MOST_WALKS + 1])
    return every if len(every) <= MOST_WALKS else None
