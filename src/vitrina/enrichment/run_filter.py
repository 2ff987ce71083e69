"""Which runs a person looks for: parsed from an address, asked of the database in bounded work.

Status, type, seller, product and dates are answered by indexes. A model, a template, a cost or a confidence is
looked for among a bounded number of runs at a time; the page says how far it looked and leads on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from vitrina.accounts.models import User
from vitrina.accounts.pages import Slice
from vitrina.accounts.roles import Right
from vitrina.accounts.walking import sellers_to_walk, walk
from vitrina.catalog.models import Product
from vitrina.catalog.search import ProductFilter, find
from vitrina.enrichment.models import ProcessingLog, ProcessingLogQuerySet, RunType, Status
from vitrina.enrichment.queue_filter import SURENESS
from vitrina.lib.asked import Asked, as_id

LOOKED_AT = 5_000  # runs looked through for one page, in an index
FIRST_LOOK = 500  # and before that, for what is common: the bound of the many costs more than the page
PRODUCTS = 500  # products found by their words whose runs are shown
# Runs are begun and numbered at nearly the same moment; so far apart at most.
OUT_OF_ORDER = 1_000
UNSHOWN = ("input", "result", "applied", "traceback", "options", "error")


@dataclass(frozen=True)
class RunFilter(Asked):
    status: str = ""
    type: str = ""
    product: str = ""  # words of its title, its id at the source, a barcode
    template: str = ""
    model: str = ""
    sure: str = ""
    cost: str = ""  # at least so many USD
    since: str = ""  # a day
    until: str = ""
    batch: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> RunFilter:
        fits = {
            "status": lambda text: text in Status.values,
            "type": lambda text: text in RunType.values,
            "sure": lambda text: text in SURENESS,
            "cost": lambda text: _amount(text) is not None,
            "since": lambda text: _day(text) is not None,
            "until": lambda text: _day(text) is not None,
            "product": lambda text: "\0" not in text,
            "model": lambda text: "\0" not in text,
        }
        kept = {}
        for field in fields(cls):
            value = str(given.get(field.name, "")).strip()[:200]
            kept[field.name] = value if value and fits.get(field.name, _is_id)(value) else ""
        return cls(**kept)

    @property
    def is_heavy(self) -> bool:
        """Whether it asks for something that stands in no index."""
        return bool(self.template or self.model or self.sure or self.cost)

    def logs(self, user: User, right: Right = Right.VIEW) -> ProcessingLogQuerySet:
        """The runs by all that indexes answer. A query more for words of a product, two for dates."""
        logs = self._narrow(ProcessingLog.objects.reachable_by(user, right), user, right)
        return logs.filter(seller_id=int(self.seller)) if self.seller else logs

    def to_walk(
        self, user: User, right: Right = Right.VIEW
    ) -> tuple[ProcessingLogQuerySet, list[int] | None]:
        """The same, as `walking.walk` takes it."""
        if self.product or self.batch:  # few, and found by what they are of
            return self.logs(user, right), None
        sellers = sellers_to_walk(user, right, only=self.seller_id)
        return self._narrow(ProcessingLog.objects.all(), user, right), sellers

    def _narrow(self, logs: ProcessingLogQuerySet, user: User, right: Right) -> ProcessingLogQuerySet:
        for name in ("status", "type"):
            if value := getattr(self, name):
                logs = logs.filter(**{name: value})
        if self.batch:
            logs = logs.filter(batch_id=int(self.batch))
        if self.product:
            known = find(Product.objects.all(), ProductFilter(text=self.product))
            products = walk(known, sellers_to_walk(user, right), ["-pk"], size=PRODUCTS)
            logs = logs.filter(product_id__in=list(products.values_list("pk", flat=True)))
        since, until = _day(self.since), _day(self.until)
        if since is not None:
            logs = begun_since(logs, _midnight(since))
        if until is not None:
            logs = begun_before(logs, _midnight(until + timedelta(days=1)))
        return logs

    def kept(
        self, logs: ProcessingLogQuerySet, sellers: Sequence[int] | None, order: Sequence[str], *, size: int
    ) -> list[int]:
        """Ids of the first `size` that meet the rest of the filter, of the sellers' runs in an order (`walking.walk`)."""
        found = logs
        if self.sure:
            found = found.filter(SURENESS[self.sure][1])
        if self.cost:
            found = found.filter(cost__gte=_amount(self.cost))
        if self.template:
            found = found.filter(templates_used__contains=f"|{int(self.template)}|")
        if not self.model:
            return list(walk(found, sellers, order, size=size).values_list("pk", flat=True))
        if self.model.isascii():
            # The names of the steps are searched, too; which of them is meant is seen below.
            words = json.dumps(self.model)[1:-1]
            found = found.alias(said=Cast("models_used", TextField())).filter(said__icontains=words)
        kept: list[int] = []
        for most in (4 * size, LOOKED_AT):
            rows = list(walk(found, sellers, order, size=most).values_list("pk", "models_used"))
            kept = [pk for pk, used in rows if self._names(used)]
            if len(kept) >= size or len(rows) < most:
                break
        return kept[:size]

    def _names(self, used: Mapping[str, str]) -> bool:
        return self.model.lower() in " ".join(map(str, used.values())).lower()


@dataclass(frozen=True)
class Found:
    slice: Slice[ProcessingLog]
    looked_at: (
        int | None
    )  # runs looked through without reaching the end; None: all that there is was answered


def found(
    wanted: RunFilter,
    logs: ProcessingLogQuerySet,
    *,
    before: int | None,
    after: int | None,
    size: int,
    sellers: Sequence[int] | None = None,
) -> Found:
    """One page, newest first, whatever the filter asks for. `sellers`: whose of the runs (`walking.walk`)."""
    shown = ProcessingLog.objects.select_related("product", "seller", "created_by").defer(
        *(name for name in UNSHOWN if name != "error"), "product__description", "product__attributes"
    )
    beyond = logs.filter(pk__gt=after) if after else logs.filter(pk__lt=before) if before else logs
    order = ["pk" if after else "-pk"]
    # The last of those that are looked through, where more than that are there.
    bound: int | None = None
    if not wanted.is_heavy:
        kept = wanted.kept(beyond, sellers, order, size=size + 1)
    for most in (min(FIRST_LOOK, LOOKED_AT), LOOKED_AT) if wanted.is_heavy else ():
        way = walk(beyond, sellers, order, size=most).values_list("pk", flat=True)
        bound = next(iter(way[most - 1 : most]), None)
        within = {} if bound is None else {"pk__lte" if after else "pk__gte": bound}
        kept = wanted.kept(beyond.filter(**within), sellers, order, size=size + 1)
        if bound is None or len(kept) > size:
            break
    page = kept[:size]
    rows = {log.pk: log for log in shown.filter(pk__in=page)}
    ordered = [rows[pk] for pk in sorted(page, reverse=True) if pk in rows]
    # Where to go on: behind the last one shown, or behind the last one looked at.
    far = page[-1] if len(kept) > size else bound
    near = (after or before) and (ordered[0].pk if ordered else (before or after))
    if after:
        older = ordered[-1].pk if ordered else after
        return Found(Slice(ordered, older=older, newer=far), None)
    is_short = bound is not None and len(kept) <= size
    return Found(Slice(ordered, older=far, newer=near or None), LOOKED_AT if is_short else None)


def begun_since(logs: ProcessingLogQuerySet, moment: datetime) -> ProcessingLogQuerySet:
    """A moment becomes a bound of the id, by which pages go. One query."""
    first = (
        ProcessingLog.objects.filter(created_at__gte=moment)
        .order_by("created_at")
        .values_list("pk", flat=True)
        .first()
    )
    return logs.none() if first is None else logs.filter(pk__gte=first - OUT_OF_ORDER, created_at__gte=moment)


def begun_before(logs: ProcessingLogQuerySet, moment: datetime) -> ProcessingLogQuerySet:
    """The same for the other end. One query."""
    last = (
        ProcessingLog.objects.filter(created_at__lt=moment)
        .order_by("-created_at")
        .values_list("pk", flat=True)
        .first()
    )
    return logs.none() if last is None else logs.filter(pk__lte=last + OUT_OF_ORDER, created_at__lt=moment)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < 1_000_000 else None


def _is_id(text: str) -> bool:
    return as_id(text) is not None
