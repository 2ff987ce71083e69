"""What became of every offer of a feed that is no finished card, and why: a table beside the output."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from vitrina.catalog.card import Card
from vitrina.catalog.cards import card
from vitrina.catalog.models import Import, Product, ProductContent
from vitrina.catalog.spreadsheet import csv_line
from vitrina.enrichment.models import LIVE, ProcessingLog, Status
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.reasons import sentence

CARD = "card"
BROKEN = "broken"  # the row of the feed could not be read
WARNING = "warning"  # something in the row was left out; the offer itself has its own line or card
MODERATION = "moderation"  # waits for a person
HELD_BACK = "held back"  # its card breaks a hard limit of the target
FAILED = "failed"
REJECTED = "rejected"
LEFT = "not processed"  # beyond --limit, or the run was stopped before its turn

COLUMNS = ("outcome", "line", "id", "title", "code", "reason")
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Row:
    outcome: str
    external_id: str
    title: str = ""
    code: str = ""
    reason: str = ""
    line: int | None = None


def with_text(listed: QuerySet[Product], options: RunOptions) -> QuerySet[Product]:
    """Those of the products that have a finished text in the language and form of the options."""
    body = Q(short_description="") if options.short else Q(description="")
    texts = ProductContent.objects.filter(product=OuterRef("pk"), language=options.language).exclude(title="")
    return listed.filter(Exists(texts.exclude(body)))


def shaped(card: Card, options: RunOptions) -> Card:
    """The short form goes out as the description."""
    if not options.short or not card.short_description:
        return card
    return replace(
        card, description=f"<p>{escape(card.short_description, quote=False)}</p>", is_finished=True
    )


def rows(
    import_run: Import, listed: QuerySet[Product], options: RunOptions, held_path: Path
) -> Iterator[Row]:
    """Everything that a person should know, in an order that stays: the feed's lines, then the products."""
    for broken in import_run.broken_rows.iterator(chunk_size=1000):
        outcome = WARNING if broken.is_warning else BROKEN
        yield Row(outcome, broken.external_id, reason=broken.sentence, line=broken.line)
    held = _held_back(held_path)
    for product, log, has_text in _with_last_run(listed, options):
        if product.external_id in held:
            yield from held[product.external_id]
        yield from _of_product(product, log, has_text)


def _held_back(path: Path) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for entry in csv.DictReader(file):
            row = Row(HELD_BACK, entry["id"], entry["title"], entry["code"], entry["reason"])
            found.setdefault(row.external_id, []).append(row)
    return found


def _with_last_run(
    listed: QuerySet[Product], options: RunOptions
) -> Iterator[tuple[Product, ProcessingLog | None, bool]]:
    """Each product with its newest run and whether it has a text. Two queries for every 500."""
    newest = ProcessingLog.objects.filter(product=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    found = listed.annotate(
        last_run=Subquery(newest),
        has_text=Exists(with_text(Product.objects.filter(pk=OuterRef("pk")), options)),
    ).only("pk", "external_id", "title")
    last = 0
    while chunk := list(found.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        # Listings and results stay where they are: reading them took longer than all the rest of the export.
        told = ProcessingLog.objects.select_related("moderation").only(
            "status", "error", "moderation__log", "moderation__reasons"
        )
        logs = told.in_bulk([product.last_run for product in chunk if product.last_run])
        for product in chunk:
            yield product, logs.get(product.last_run), product.has_text
        last = chunk[-1].pk


def _of_product(product: Product, log: ProcessingLog | None, has_text: bool) -> Iterator[Row]:
    def row(outcome: str, code: str, reason: str) -> Row:
        return Row(outcome, product.external_id, product.title, code, reason)

    if log is not None and log.status == Status.MODERATION:
        for reason in log.moderation.reasons:
            yield row(MODERATION, reason["code"], sentence(reason["code"], reason["detail"]))
    elif log is not None and log.status == Status.FAILED:
        yield row(FAILED, "failed", log.error)
    elif has_text:
        return
    elif log is not None and log.status == Status.REJECTED:
        yield row(REJECTED, "rejected", "a person rejected its text")
    elif log is None or log.status in LIVE:
        yield row(LEFT, "left", (log.error if log else "") or "its turn has not come in this sitting")
    else:
        yield row(LEFT, "no_text", "its last run wrote no text")


def write(path: Path, found: Iterable[Row]) -> dict[str, int]:
    """The table as CSV, whole or not at all; returns how many offers by outcome."""
    offers: dict[str, set[str]] = {}
    unfinished = path.with_name(f".{path.name}.writing")
    with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(csv_line(list(COLUMNS)))
        for row in found:
            line = "" if row.line is None else row.line
            file.write(csv_line([row.outcome, line, row.external_id, row.title, row.code, row.reason]))
            offers.setdefault(row.outcome, set()).add(row.external_id or f"line {row.line}")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return {outcome: len(ids) for outcome, ids in offers.items()}


def doubtful_cards(listed: QuerySet[Product], options: RunOptions) -> Iterator[Card]:
    """Cards of the texts that wait for a person, as the runs wrote them."""
    waiting = (
        ProcessingLog.objects.filter(product__in=listed, status=Status.MODERATION)
        .select_related("product__brand", "product__category")
        .prefetch_related("product__images__picture")
        .order_by("product_id", "pk")
    )
    for log in waiting.iterator(chunk_size=CHUNK):
        result = log.result or {}
        text = {name: value for name, value in (result.get("text") or {}).items() if value}
        if not text:
            continue
        draft = ProductContent(product=log.product, language=options.language, **text)
        draft.source = log.models_used.get("describe", "")
        made = card(log.product, draft, options.language)
        path = (result.get("category") or {}).get("path")
        yield shaped(replace(made, category=path or made.category, is_finished=True), options)
