"""An export as a row: asked for on a page or by a command, written by a job, kept in the storage."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from vitrina.accounts.models import Seller, User
from vitrina.catalog import limits, news
from vitrina.catalog.cards import cards
from vitrina.catalog.choosing import choose
from vitrina.catalog.export import check_format, write
from vitrina.catalog.models import Export, Product, ProductContent, RunState
from vitrina.catalog.pushing.models import PushRun
from vitrina.catalog.search import ProductFilter, find
from vitrina.catalog.writers import Shop
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.jobs.once import same_wish_since
from vitrina.lib import files

KIND = "catalog.export"
CHECK = "catalog.check"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """`filter`: fields of a ProductFilter; `product_ids`: only these; `chosen`: as `choosing` reads it.
    `caps`: the shop's own limits by code.

    `changed_since`: an ISO time; only products whose listing or text in the language changed after it.
    """

    filter: dict[str, Any] = field(default_factory=dict)
    product_ids: list[int] | None = None
    chosen: dict[str, Any] | None = None
    caps: dict[str, int] = field(default_factory=dict)
    changed_since: str = ""

    @classmethod
    def load(cls, options: Mapping[str, Any]) -> ExportOptions:
        """From a row or a form; raises ValueError in words for a filter that doesn't exist."""
        known = cls(**{name: value for name, value in options.items() if name in cls.__dataclass_fields__})
        strange = sorted(set(known.filter) - set(ProductFilter.__dataclass_fields__))
        if strange:
            raise ValueError(f"Products can't be chosen by {', '.join(strange)}.")
        return known


class ExportFailed(Exception):
    """The export can't be written; the row says the same in words."""


def start(
    seller: Seller,
    *,
    target: str,
    file_format: str,
    language: str = "",
    options: ExportOptions | None = None,
    by: User | None = None,
    once: str = "",
) -> Export:
    """Note the wish and queue the writing. Raises UnknownTarget or UnknownLimit in words.

    The same `once` by the same person returns the export that it started before.
    """
    options = options or ExportOptions()
    check_format(file_format, limits.target(target).with_caps(options.caps))
    with transaction.atomic():
        if once and (found := _started_before(seller, by, once)):
            return found
        export_run = Export.objects.create(
            seller=seller,
            target=target,
            format=file_format,
            language=language or seller.language,
            options=asdict(options) | ({"once": once} if once else {}),
            created_by=by,
        )
        _queue(export_run, KIND, "export", by=by)
    return export_run


def _started_before(seller: Seller, by: User | None, once: str) -> Export | None:
    since = same_wish_since(seller.pk)
    lately = Export.objects.filter(seller=seller, created_by=by, created_at__gte=since)
    return next((row for row in lately.order_by("-pk")[:100] if row.options.get("once") == once), None)


def draft(
    seller: Seller,
    *,
    target: str,
    file_format: str,
    language: str,
    options: ExportOptions,
    by: User | None = None,
) -> Export:
    """Note the wish and queue the check of its cards; the file is written when `begin` says so. Raises as `start`."""
    check_format(file_format, limits.target(target).with_caps(options.caps))
    with transaction.atomic():
        export_run = Export.objects.create(
            seller=seller, target=target, format=file_format, language=language, options=asdict(options),
            state=RunState.DRAFT, created_by=by,
        )  # fmt: skip
        _queue(export_run, CHECK, "check", by=by)
    return export_run


def begin(export_run: Export, *, by: User | None = None) -> None:
    """The writing of a draft. Begun already: nothing. Raises QueueFull, and the draft stays one."""
    with transaction.atomic():
        if Export.objects.filter(pk=export_run.pk, state=RunState.DRAFT).update(state=RunState.WAITING):
            _queue(export_run, KIND, "export", by=by)


def discard(export_run: Export) -> bool:
    gone, _ = Export.objects.filter(pk=export_run.pk, state=RunState.DRAFT).delete()
    return bool(gone)


def last_before(seller_id: int, target: str, language: str) -> Export | None:
    """The last export that was written for a target: «since the last one» begins where it did."""
    found = Export.objects.filter(seller_id=seller_id, target=target, language=language, state=RunState.DONE)
    return found.order_by("-pk").first()


def _queue(export_run: Export, kind: str, word: str, *, by: User | None) -> None:
    job = enqueue(
        kind,
        {"export_id": export_run.pk},
        key=f"{word}:{export_run.pk}",
        seller_id=export_run.seller_id,
        priority=Priority.SYNC,
        title=str(export_run),
        created_by_id=by.pk if by else None,
    )
    export_run.job_id = job.pk
    export_run.save(update_fields=["job_id"])


def products_of(wish: Export | PushRun) -> QuerySet[Product]:
    """What an export, or a push to a marketplace, is about as the catalogue now stands."""
    options = ExportOptions.load(wish.options)
    products = find(Product.objects.filter(seller=wish.seller), ProductFilter(**options.filter))
    if options.chosen is not None:
        products = choose(products, options.chosen)
    if options.changed_since:
        since = datetime.fromisoformat(options.changed_since)
        text = ProductContent.objects.filter(
            product=OuterRef("pk"), language=wish.language, updated_at__gt=since
        )
        products = products.filter(Q(updated_at__gt=since) | Exists(text))
    return products if options.product_ids is None else products.filter(pk__in=options.product_ids)


def write_out(export_run: Export, *, on_progress: Callable[[int], None] = lambda done: None) -> Export:
    """Write the file and its report into the storage. Killed, it is written anew from the beginning."""
    Export.objects.filter(pk=export_run.pk).update(state=RunState.RUNNING, error="")
    options = ExportOptions.load(export_run.options)
    try:
        with tempfile.TemporaryDirectory(prefix="vitrina-export-") as folder:
            path, report_path = Path(folder) / "cards", Path(folder) / "held-back.csv"
            report = write(
                cards(products_of(export_run), export_run.language),
                path,
                file_format=export_run.format,
                target=export_run.target,
                language=export_run.language,
                shop=Shop(export_run.seller.name, "", timezone.localtime()),
                caps=options.caps,
                report_path=report_path,
                on_progress=on_progress,
            )
            size = path.stat().st_size
            file_name = _store(path, export_run.format)
            report_name = _store(report_path, "csv")
    except (limits.UnknownTarget, limits.UnknownLimit) as error:
        # The table of limits changed since it was asked for.
        _end(export_run, state=RunState.FAILED, error=str(error))
        raise ExportFailed(str(error)) from error
    _end(
        export_run,
        state=RunState.DONE,
        written=report.written,
        held_back=report.held_back_count,
        reasons=dict(report.reasons),
        file_name=file_name,
        report_name=report_name,
        size=size,
    )
    return export_run


def _end(export_run: Export, **columns: Any) -> None:
    with transaction.atomic():
        Export.objects.filter(pk=export_run.pk).update(finished_at=timezone.now(), **columns)
        export_run.refresh_from_db()
        news.export_finished(export_run)


def cancel(export_run: Export) -> None:
    Export.objects.filter(pk=export_run.pk, state__in=(RunState.WAITING, RunState.RUNNING)).update(
        state=RunState.CANCELLED, finished_at=timezone.now()
    )


def _store(path: Path, suffix: str) -> str:
    name = files.new_name("exports", suffix)
    with path.open("rb") as stream:
        files.storage().save(name, stream)
    return name
