"""Which products a person asked to see: from the address of the page to a query."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import User
from vitrina.accounts.roles import Right
from vitrina.catalog import search
from vitrina.catalog.models import Product, ProductContent
from vitrina.enrichment.models import LIVE, ModerationItem, ProcessingLog, Status


class Shown(StrEnum):
    """Where a product stands with its card."""

    ALL = ""
    RUNNING = "running"
    MODERATION = "moderation"
    FAILED = "failed"
    DONE = "done"
    UNTOUCHED = "untouched"


SHOWN_NAMES = {
    Shown.ALL: _("any status"),
    Shown.RUNNING: _("in work"),
    Shown.MODERATION: _("in moderation"),
    Shown.FAILED: _("last run failed"),
    Shown.DONE: _("with a card"),
    Shown.UNTOUCHED: _("never run"),
}


@dataclass(frozen=True)
class ProductFilter:
    words: str = ""
    no_category: bool = False
    no_description: bool = False
    shown: Shown = Shown.ALL
    seller: int | None = None
    category: int | None = None

    @classmethod
    def of(cls, query: QueryDict) -> ProductFilter:
        """What is not understood is left out; an address typed by hand never breaks the page."""
        shown = query.get("status", "")
        return cls(
            words=query.get("q", "").strip()[:200],
            no_category=query.get("no_category") == "1",
            no_description=query.get("no_description") == "1",
            shown=Shown(shown) if shown in set(Shown) else Shown.ALL,
            seller=_number(query.get("seller")),
            category=_number(query.get("category")),
        )

    @property
    def is_empty(self) -> bool:
        return self == ProductFilter()

    def products(self, user: User, right: Right = Right.VIEW) -> QuerySet[Product]:
        rows: QuerySet[Product] = Product.objects.reachable_by(user, right)
        if self.seller:
            rows = rows.filter(seller_id=self.seller)
        asked = search.ProductFilter(
            text=self.words, has_category=False if self.no_category else None, category_id=self.category
        )
        rows = search.find(rows, asked)
        if self.no_description:
            rows = rows.filter(~Exists(_with_text()))
        if self.shown is not Shown.ALL:
            rows = rows.filter(_standing(self.shown, user))
        return rows


def _with_text() -> QuerySet[ProductContent]:
    return ProductContent.objects.filter(product=OuterRef("pk")).exclude(description="", short_description="")


def _standing(shown: Shown, user: User) -> Q:
    """Rare states are sought from the runs, which have an index for it; common ones from the products."""
    logs = ProcessingLog.objects.reachable_by(user)
    if shown is Shown.RUNNING:
        return Q(pk__in=logs.filter(status__in=LIVE).values("product"))
    if shown is Shown.MODERATION:
        waiting = ModerationItem.objects.reachable_by(user).waiting().order_by()
        return Q(pk__in=waiting.values("log__product"))
    if shown is Shown.DONE:
        return Q(Exists(_with_text()))
    if shown is Shown.UNTOUCHED:
        return ~Q(Exists(ProcessingLog.objects.filter(product=OuterRef("pk"))))
    newer = ProcessingLog.objects.filter(product=OuterRef("product"), pk__gt=OuterRef("pk"))
    return Q(pk__in=logs.filter(~Exists(newer), status=Status.FAILED).values("product"))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
