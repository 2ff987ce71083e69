"""An export as a row: asked for on a page or by a command, written by a job, kept in the storage."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from vitrina.accounts.models import Seller, User
from vitrina.catalog import files, limits
from vitrina.catalog.cards import cards
from vitrina.catalog.export import check_format, write
from vitrina.catalog.models import Export, Product, RunState
from vitrina.catalog.search import ProductFilter, find
from vitrina.catalog.writers import Shop
from vitrina.jobs.enqueue import Priority, enqueue

KIND = "catalog.export"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """`filter`: fields of a ProductFilter; `product_ids`: only these. `caps`: the shop's own limits by code."""

    filter: dict[str, Any] = field(default_factory=dict)
    product_ids: list[int] | None = None
    caps: dict[str, int] = field(default_factory=dict)

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
) -> Export:
    """Note the wish and queue the writing. Raises UnknownTarget or UnknownLimit in words."""
    options = options or ExportOptions()
    check_format(file_format, limits.target(target).with_caps(options.caps))
    with transaction.atomic():
        export_run = Export.objects.create(
            seller=seller,
            target=target,
            format=file_format,
            language=language or seller.language,
            options=asdict(options),
            created_by=by,
        )
        job = enqueue(
            KIND,
            {"export_id": export_run.pk},
            key=f"export:{export_run.pk}",
            seller_id=seller.pk,
            priority=Priority.SYNC,
            title=str(export_run),
            created_by_id=by.pk if by else None,
        )
        export_run.job_id = job.pk
        export_run.save(update_fields=["job_id"])
    return export_run


def products_of(export_run: Export) -> QuerySet[Product]:
    options = ExportOptions.load(export_run.options)
    products = find(Product.objects.filter(seller=export_run.seller), ProductFilter(**options.filter))
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
            file_name = _store(path, export_run.format)
            report_name = _store(report_path, "csv")
    except (limits.UnknownTarget, limits.UnknownLimit) as error:
        # The table of limits changed since it was asked for.
        Export.objects.filter(pk=export_run.pk).update(
            state=RunState.FAILED, error=str(error), finished_at=timezone.now()
        )
        raise ExportFailed(str(error)) from error
    Export.objects.filter(pk=export_run.pk).update(
        state=RunState.DONE,
        written=report.written,
        held_back=report.held_back_count,
        reasons=dict(report.reasons),
        file_name=file_name,
        report_name=report_name,
        finished_at=timezone.now(),
    )
    export_run.refresh_from_db()
    return export_run


def cancel(export_run: Export) -> None:
    Export.objects.filter(pk=export_run.pk, state__in=(RunState.WAITING, RunState.RUNNING)).update(
        state=RunState.CANCELLED, finished_at=timezone.now()
    )


def _store(path: Path, suffix: str) -> str:
    name = files.new_name("exports", suffix)
    with path.open("rb") as stream:
        files.storage().save(name, stream)
    return name
