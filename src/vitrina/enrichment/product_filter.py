"""Which products somebody asked for: a value that a page, a saved view and a job share, and the query it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from django.db import connection
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
FEW = 2_000  # of what waits, or of texts in a language: so many are sought sooner than met on the way
MANY = 10_000  # products: fewer are walked sooner than all texts of the installation are looked through


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

    def products(self, user: User, right: Right = Right.VIEW) -> QuerySet[Product]:
        """Those of them that `user` may do `right` to."""
        sellers = Seller.objects.reachable_by(user, right).order_by()
        return self.narrow(Product.objects.all(), list(sellers.values_list("pk", flat=True)))

    def narrow(self, rows: QuerySet[Product], seller_ids: Sequence[int]) -> QuerySet[Product]:
        """Those of `rows` that are meant and of `seller_ids`."""
        meant = self.sellers(seller_ids)
        return self.conditions(rows.filter(seller_id__in=meant), meant)

    def sellers(self, seller_ids: Sequence[int]) -> list[int]:
        """Those of `seller_ids` whose products are meant. A query where a source is."""
        meant = [pk for pk in seller_ids if self.seller_id in (None, pk)]
        if self.source:
            of_source = Seller.objects.filter(pk__in=meant, source=self.source).order_by()
            meant = list(of_source.values_list("pk", flat=True))
        return meant

    def to_walk(self, seller_ids: Sequence[int]) -> tuple[QuerySet[Product], list[int] | None]:
        """The same, as `walking.walk` takes it. A query more for what waits in moderation or a category, two for a language."""
        meant = self.sellers(seller_ids)
        is_sought = self.gravest is not Gravest.ALL or self.shown in (Shown.RUNNING, Shown.FAILED)
        is_common = False
        if self.shown is Shown.MODERATION:
            waiting = ModerationItem.objects.filter(seller_id__in=meant).waiting().order_by()
            is_common = waiting[: FEW + 1].count() > FEW
            is_sought = is_sought or not is_common
        is_rare = self._is_language_rare(meant)
        is_sought = is_sought or is_rare or search.is_branch(self.category_id)
        rows = self.conditions(Product.objects.all(), meant, is_common=is_common, is_language_rare=is_rare)
        if is_sought:  # what was found elsewhere is all that is looked at: once for all sellers
            return rows.filter(seller_id__in=meant), None
        return rows, meant

    def conditions(
        self,
        rows: QuerySet[Product],
        sellers: Sequence[int],
        *,
        is_common: bool = False,
        is_language_rare: bool = False,
    ) -> QuerySet[Product]:
        """All but whose they are; `sellers`, because the runs have their index by seller too.

        `is_common`: what waits in moderation is so much that a walk of the products soon meets it.
        `is_language_rare`: so few texts are in it that a walk would go by nearly all products.
        """
        if self.is_impossible:
            return rows.none()
        asked = search.ProductFilter(
            text=self.words, has_category=False if self.no_category else None,
            category_id=self.category_id, brand_id=self.brand_id, import_id=self.import_id,
        )  # fmt: skip
        rows = search.find(rows, asked)
        if self.no_description:
            rows = rows.filter(~Exists(_texts(self.language)))
        elif self.language:
            if is_language_rare:  # by the index alone, where the language stands and the long texts don't
                written = ProductContent.objects.filter(language=self.language).order_by()
                rows = rows.filter(pk__in=written.values("product"))
            rows = rows.filter(Exists(_texts(self.language)))
        if self.band is not Band.ALL:
            rows = rows.filter(_sure(self.band))
        if self.gravest is not Gravest.ALL:
            found = ProcessingLog.objects.with_findings().filter(seller_id__in=sellers, gravest=self.gravest)
            rows = rows.filter(pk__in=found.filter(~Exists(_newer())).values("product"))
        if self.changed_since:
            rows = rows.filter(updated_at__gte=self.changed_since)
        if self.shown is not Shown.ALL:
            rows = rows.filter(_standing(self.shown, sellers, is_common=is_common))
        return rows

    def _is_language_rare(self, sellers: Sequence[int]) -> bool:
        """PostgreSQL sees it from its statistics, and seeks by itself what is rare. At most two queries."""
        if connection.vendor != "sqlite" or not self.language or self.no_description:
            return False
        own = Product.objects.filter(seller_id__in=sellers).order_by()
        if own[: MANY + 1].count() <= MANY:
            return False
        return ProductContent.objects.filter(language=self.language).order_by()[: FEW + 1].count() <= FEW


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


def _standing(shown: Shown, seller_ids: Sequence[int], *, is_common: bool) -> Q:
    """Rare states are sought from the runs, which have an index for it; common ones from the products."""
    logs = ProcessingLog.objects.filter(seller_id__in=seller_ids)
    if shown is Shown.RUNNING:
        return Q(pk__in=logs.filter(status__in=LIVE).values("product"))
    if shown is Shown.MODERATION:
        waiting = ModerationItem.objects.filter(seller_id__in=seller_ids).waiting().order_by()
        if is_common:
            return Q(Exists(ModerationItem.objects.waiting().order_by().filter(log__product=OuterRef("pk"))))
        return Q(pk__in=waiting.values("log__product"))
    if shown is Shown.DONE:
        return Q(Exists(_texts()))
    if shown is Shown.UNTOUCHED:
        if connection.vendor == "sqlite":  # it looks each up in the index; PostgreSQL would list them all
            return ~Q(pk__in=ProcessingLog.objects.order_by().values("product"))
        return ~Q(Exists(ProcessingLog.objects.filter(product=OuterRef("pk"))))
    return Q(pk__in=logs.filter(~Exists(_newer()), status=Status.FAILED).values("product"))
