"""Which products a batch takes: a small description that the batch keeps, and the query it stands for.

Conditions on runs are EXISTS, never joins: a product with several runs is selected once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from pydantic import BaseModel, ConfigDict

from vitrina.catalog.choosing import choosers
from vitrina.catalog.models import Product, ProductContent
from vitrina.enrichment.models import LIVE, SETTLED, ProcessingLog, Status
from vitrina.enrichment.product_filter import ProductFilter

REPEAT_FAILED_FOR = timedelta(days=7)
REPEAT_AT_MOST_EVERY = timedelta(
    hours=20
)  # a daily tick that comes a little early still counts as the next day


class Wanting(StrEnum):
    """What the products of a selection lack."""

    ANYTHING = ""  # nothing in particular: all of them
    THIS_RUN = "this_run"  # a settled run with these options on the listing as it now is
    CATEGORY = "category"
    TEXT = "text"  # with a category, without a text in the language of the options


class Selection(BaseModel):
    """Products of one seller. `until_id` closes the set: what arrives later belongs to the next batch."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seller_id: int
    product_ids: tuple[int, ...] | None = None  # None: all of them
    category_id: int | None = None
    changed_in: int | None = None  # the import that brought or last changed them
    seen_in: int | None = None  # the import that last listed them
    wanting: Wanting = Wanting.ANYTHING
    until_id: int | None = None
    filter: ProductFilter | None = None
    # Products that changed after this moment are left out: whoever chose them saw them otherwise.
    unchanged_since: datetime | None = None
    # Products whose last run failed at or after this moment are left out: one try per sitting.
    not_failed_since: datetime | None = None

    def closed(self, newest_id: int) -> Selection:
        return self if self.until_id is not None else self.model_copy(update={"until_id": newest_id})


def products(selection: Selection, *, options_key: str, language: str) -> QuerySet[Product]:
    """The selected products without a live run, in order of id."""
    found: QuerySet[Product] = Product.objects.filter(seller_id=selection.seller_id).order_by("pk")
    if selection.product_ids is not None:
        found = found.filter(pk__in=selection.product_ids)
    if selection.category_id is not None:
        found = found.filter(category_id=selection.category_id)
    if selection.changed_in is not None:
        found = found.filter(changed_in=selection.changed_in)
    if selection.seen_in is not None:
        found = found.filter(seen_in=selection.seen_in)
    if selection.until_id is not None:
        found = found.filter(pk__lte=selection.until_id)
    if selection.filter is not None:
        found = selection.filter.narrow(found, [selection.seller_id])
    if selection.unchanged_since is not None:
        found = found.filter(updated_at__lte=selection.unchanged_since)
    if selection.not_failed_since is not None:
        since = selection.not_failed_since - timedelta(microseconds=1)  # at that moment counts too
        of_product = ProcessingLog.objects.filter(product=OuterRef("pk"))
        found = found.filter(~Exists(of_product.ended_since(since, status=Status.FAILED)))
    if selection.wanting is Wanting.THIS_RUN:
        found = found.filter(~_settled(options_key=options_key))
    elif selection.wanting is Wanting.CATEGORY:
        # A run that found no category for this very listing would find none again.
        found = found.filter(~_settled(options__categorize=True), category__isnull=True)
    elif selection.wanting is Wanting.TEXT:
        text = ProductContent.objects.filter(product=OuterRef("pk"), language=language)
        found = found.filter(
            ~_settled(options__describe=True, options__language=language),
            ~Exists(text),
            category__isnull=False,
        )
    return found if selection.wanting is Wanting.ANYTHING else found.filter(~_runs(status__in=LIVE))


def products_of_import(selection: Selection, *, options_key: str, language: str) -> QuerySet[Product]:
    """The same where `changed_in` says the import, for counting: not to be walked a few at a time.

    The index product_list_of_seller names them. Left to itself, SQLite reads the row of every product of the seller,
    and most imports change few of them.
    """
    changed = Product.objects.filter(seller_id=selection.seller_id, changed_in=selection.changed_in)
    return products(selection, options_key=options_key, language=language).filter(pk__in=changed.values("pk"))


def _runs(**conditions: Any) -> Exists:
    return Exists(ProcessingLog.objects.filter(product=OuterRef("pk"), **conditions))


def _settled(**conditions: Any) -> Exists:
    """A run of the listing as it now is that needs no repeating."""
    return _runs(status__in=SETTLED, listing_hash=OuterRef("content_hash"), **conditions)


def failed_runs(seller_id: int, now: datetime) -> QuerySet[ProcessingLog]:
    """The runs to repeat: the last of their product, failed within a week, of a kind that may pass.

    A run that is itself a repeat made today waits for tomorrow.
    """
    newer = ProcessingLog.objects.filter(product=OuterRef("product"), pk__gt=OuterRef("pk"))
    return (
        ProcessingLog.objects.filter(
            ~Exists(newer),
            seller_id=seller_id,
            status=Status.FAILED,
            is_permanent=False,
            finished_at__gte=now - REPEAT_FAILED_FOR,
        )
        .exclude(repeat_of__isnull=False, created_at__gt=now - REPEAT_AT_MOST_EVERY)
        .order_by("pk")
    )


def old_runs(before: datetime) -> QuerySet[ProcessingLog]:
    """Completed and approved runs that ended before a moment, without those that a current text came from."""
    text = ProductContent.objects.filter(product=OuterRef("product"), log_id=OuterRef("pk"))
    extracted = Product.objects.annotate(
        extracted_by=Cast(KT("ai_extracted__log_id"), BigIntegerField())
    ).filter(pk=OuterRef("product"), extracted_by=OuterRef("pk"))
    return ProcessingLog.objects.filter(
        ~Exists(text),
        ~Exists(extracted),
        status__in=[Status.COMPLETED, Status.APPROVED],
        finished_at__lt=before,
    )


def choose(rows: QuerySet[Product], said: Mapping[str, Any]) -> QuerySet[Product]:
    """For exports (`catalog.choosing`): {"by": "selection", "selection": {…}}."""
    selection = Selection.model_validate(said["selection"])
    return rows.filter(pk__in=products(selection, options_key="", language="").order_by().values("pk"))


choosers["selection"] = choose
