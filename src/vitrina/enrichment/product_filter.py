"""Which products somebody asked for: a value that a page, a saved view and a job share, and the query it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet
from pydantic import BaseModel, ConfigDict

from vitrina.accounts.models import Seller, User
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


class Band(StrEnum):
    """How sure the studio is of the category that it found."""

    ALL = ""
    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"
    UNKNOWN = "unknown"


class Gravest(StrEnum):
    """The gravest finding of a product's last run."""

    ALL = ""
    WARNING = "warning"
    HIGH = "high"


SURE, UNSURE = 0.75, 0.5


class ProductFilter(BaseModel):
    """Every condition narrows; an empty one asks for nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: str = ""
    no_category: bool = False
    no_description: bool = False  # in `language` where one is named, in any otherwise
    shown: Shown = Shown.ALL
    seller_id: int | None = None
    category_id: int | None = None  # with everything below it
    brand_id: int | None = None
    is_impossible: bool = False  # a brand or a category was asked for that nobody knows
    source: str = ""  # where the seller's listings come from
    import_id: int | None = None  # what this import last changed
    language: str = ""  # with a text in it (without one when `no_description`)
    band: Band = Band.ALL
    gravest: Gravest = Gravest.ALL
    changed_since: datetime | None = None

    @property
    def is_empty(self) -> bool:
        return self == ProductFilter()

    @property
    def _is_found_by_walking(self) -> bool:
        """Whether it asks for what may be rare and has no index of its own."""
        narrow = self.words or self.no_category or self.import_id or self.changed_since
        return bool(narrow) or self.band is not Band.ALL

    def products(self, user: User, right: Right = Right.VIEW) -> QuerySet[Product]:
        """Those of them that `user` may do `right` to."""
        sellers = Seller.objects.reachable_by(user, right).order_by()
        return self.narrow(
            Product.objects.reachable_by(user, right), list(sellers.values_list("pk", flat=True))
        )

    def narrow(self, rows: QuerySet[Product], seller_ids: Sequence[int]) -> QuerySet[Product]:
        """`rows` are products of `seller_ids`: said apart, because the runs have their index by seller."""
        if self.is_impossible:
            return rows.none()
        if self.seller_id:
            rows = rows.filter(seller_id=self.seller_id)
            seller_ids = [pk for pk in seller_ids if pk == self.seller_id]
        elif self._is_found_by_walking and len(seller_ids) <= search.MOST_SELLERS:
            # Nothing else than before, said so that the indexes that begin with the seller are walked instead of the rows.
            rows = rows.filter(seller_id__in=seller_ids)
        asked = search.ProductFilter(
            text=self.words, has_category=False if self.no_category else None,
            category_id=self.category_id, brand_id=self.brand_id, import_id=self.import_id,
        )  # fmt: skip
        rows = search.find(rows, asked)
        if self.source:
            of_source = Seller.objects.filter(pk__in=seller_ids, source=self.source).order_by()
            rows = rows.filter(seller_id__in=list(of_source.values_list("pk", flat=True)))
        if self.no_description:
            rows = rows.filter(~Exists(_texts(self.language)))
        elif self.language:
            rows = rows.filter(Exists(_texts(self.language)))
        if self.band is not Band.ALL:
            rows = rows.filter(_sure(self.band))
        if self.gravest is not Gravest.ALL:
            found = ProcessingLog.objects.filter(seller_id__in=seller_ids, gravest=self.gravest)
            rows = rows.filter(pk__in=found.filter(~Exists(_newer())).values("product"))
        if self.changed_since:
            rows = rows.filter(updated_at__gte=self.changed_since)
        if self.shown is not Shown.ALL:
            rows = rows.filter(_standing(self.shown, seller_ids))
        return rows


def _texts(language: str = "") -> QuerySet[ProductContent]:
    texts = ProductContent.objects.filter(product=OuterRef("pk")).exclude(
        description="", short_description=""
    )
    return texts.filter(language=language) if language else texts


def _newer() -> QuerySet[ProcessingLog]:
    """Runs of the same product after this one."""
    return ProcessingLog.objects.filter(product=OuterRef("product"), pk__gt=OuterRef("pk"))


def _sure(band: Band) -> Q:
    by_studio = Q(category_source="ai")
    if band is Band.UNKNOWN:
        return by_studio & Q(category_confidence=None)
    if band is Band.LOW:
        return by_studio & Q(category_confidence__lt=UNSURE)
    if band is Band.MIDDLE:
        return by_studio & Q(category_confidence__gte=UNSURE, category_confidence__lt=SURE)
    return by_studio & Q(category_confidence__gte=SURE)


def _standing(shown: Shown, seller_ids: Sequence[int]) -> Q:
    """Rare states are sought from the runs, which have an index for it; common ones from the products."""
    logs = ProcessingLog.objects.filter(seller_id__in=seller_ids)
    if shown is Shown.RUNNING:
        return Q(pk__in=logs.filter(status__in=LIVE).values("product"))
    if shown is Shown.MODERATION:
        waiting = ModerationItem.objects.filter(seller_id__in=seller_ids).waiting().order_by()
        return Q(pk__in=waiting.values("log__product"))
    if shown is Shown.DONE:
        return Q(Exists(_texts()))
    if shown is Shown.UNTOUCHED:
        return ~Q(Exists(ProcessingLog.objects.filter(product=OuterRef("pk"))))
    return Q(pk__in=logs.filter(~Exists(_newer()), status=Status.FAILED).values("product"))
