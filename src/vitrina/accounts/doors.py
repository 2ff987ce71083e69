"""From a request to an object: the one way for pages, API and event streams."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from vitrina.accounts.models import Seller, User, roles_of
from vitrina.accounts.roles import RIGHTS, Right, Role

Row = TypeVar("Row", bound=Model, covariant=True)


class PersonRequest(HttpRequest):
    """A request of a person who signed in; SignedInMiddleware turns everybody else away."""

    user: User
    htmx: HtmxDetails


class Reachable(Protocol[Row]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> QuerySet[Row]: ...


def reach(rows: Reachable[Row], user: User, right: Right, **lookup: Any) -> Row:
    """One row that `user` may do `right` to.

    Http404 when it isn't theirs to see, PermissionDenied when they see it but lack the right.
    """
    found = rows.reachable_by(user, right).filter(**lookup).first()
    if found is not None:
        return found
    if right is not Right.VIEW and rows.reachable_by(user).filter(**lookup).exists():
        raise PermissionDenied
    raise Http404


def rights_of(user: User, seller_id: int) -> frozenset[Right]:
    """What `user` may do in one seller. For showing and hiding buttons."""
    if user.is_superuser:
        return frozenset(Right)
    role = roles_of(user).get(seller_id)
    return RIGHTS[Role(role)] if role in set(Role) else frozenset()


def sellers_of(user: User, right: Right = Right.VIEW) -> list[Seller]:
    return list(Seller.objects.reachable_by(user, right))
