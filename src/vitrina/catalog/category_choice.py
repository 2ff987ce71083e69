"""Choosing a category by typing a part of its path or one of its synonyms."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q, QuerySet

from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Category
from vitrina.lib.text import fold

MOST = 12


def visible_to(user: User, right: Right = Right.VIEW) -> QuerySet[Category]:
    """Those of the person's sellers, and the ones that all share; a shared one is changed by a superuser only."""
    own = Q(seller__in=Seller.objects.reachable_by(user, right))
    shared = Q(seller=None) if right is Right.VIEW or user.is_superuser else Q()
    return Category.objects.filter(own | shared)


class Choice(NamedTuple):
    """A category by its id. No object: thousands of them are read for a dozen."""

    pk: int
    path: str


def choices(words: str, *, seller_id: int) -> list[Choice]:
    """Up to a dozen categories in which every word is found, the shortest path first. One query.

    Folded in Python, since SQLite compares Cyrillic letters by case.
    """
    wanted = fold(words).split()
    if not wanted:
        return []
    known = Category.objects.filter(Q(seller=None) | Q(seller_id=seller_id), tree="", is_active=True)
    rows = known.order_by().values_list("pk", "path", "synonyms").iterator()
    found = [
        Choice(pk, path)
        for pk, path, synonyms in rows
        if all(map(fold(" ".join([path, *synonyms])).__contains__, wanted))
    ]
    return sorted(found, key=lambda choice: (len(choice.path), choice.path))[:MOST]
