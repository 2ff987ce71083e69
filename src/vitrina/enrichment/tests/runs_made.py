"""Runs for tests: ended ones with a result of one's own choice, and real ones taken through the pipeline."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from vitrina.catalog.models import Category, Product, ProductContent
from vitrina.enrichment import ground, pipeline, runs
from vitrina.enrichment.apply import apply
from vitrina.enrichment.jobs import with_product
from vitrina.enrichment.models import ModerationItem, ProcessingLog, Status
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.queueing import queue
from vitrina.enrichment.steps.decide import as_used

TEXT: dict[str, Any] = {
    "title": "Платье летнее из хлопка",
    "description": "<p>Лёгкое летнее платье из хлопка. Длина 95 см, синий цвет.</p><ul><li>Материал: хлопок</li></ul>",
    "seo_title": "Платье летнее из хлопка, синее",
    "seo_description": "Лёгкое летнее платье из хлопка, длина 95 см, синий цвет.",
    "keywords": ["платье летнее", "платье хлопок"],
    "key_benefits": ["Материал: хлопок", "Цвет: синий"],
}


def ended(
    product: Product,
    *,
    status: Status = Status.PROCESSING,
    text: dict[str, Any] | None = TEXT,
    category: Category | None = None,
    confidence: float | None = 0.9,
    attributes: dict[str, Any] | None = None,
    templates: list[int] | None = None,
    **wishes: Any,
) -> ProcessingLog:
    """A run whose steps are done, with the given result; it has read the product as it is now."""
    options = RunOptions(
        **{"describe": text is not None, "categorize": category is not None} | wishes
    ).settled_for(has_category=product.category_id is not None, has_images=False)
    suggested = category and {
        "id": category.pk,
        "path": category.path,
        "confidence": confidence,
        "raw": confidence,
        "threshold": 0.75,
        "source": "offline",
    }
    return ProcessingLog.objects.create(
        product=product,
        seller_id=product.seller_id,
        type=options.run_type,
        status=status,
        options=options.stored(),
        options_key=options.key,
        input=ground.snapshot(product),
        listing_hash=product.content_hash,
        result={
            "text": text,
            "category": suggested,
            "attributes": attributes or {},
            "findings": [],
            "templates": templates or [],
        },
        models_used={"describe": "offline"},
        templates_used=as_used(templates or []),
    )


def applied(log: ProcessingLog, **wishes: Any) -> ProcessingLog:
    with transaction.atomic():
        apply(log, **wishes)
        log.status = Status.COMPLETED
        log.save()
    return ProcessingLog.objects.get(pk=log.pk)  # as the database keeps it


def doubtful(product: Product, *, priority: int = 1, **result: Any) -> ModerationItem:
    """A run that waits for a person."""
    log = ended(product, status=Status.MODERATION, **result)
    reasons = [
        {"code": "price.missing", "severity": "warning", "detail": {}, "text": "The listing has no price."}
    ]
    return queue(log, priority=priority, reasons=reasons)


def run_through(product: Product, **wishes: Any) -> ProcessingLog:
    """A whole run in this thread, without a job."""
    log = runs.create(product, RunOptions(**wishes))
    assert not log.was_live
    return pipeline.process(loaded(log))


def loaded(log: ProcessingLog) -> ProcessingLog:
    found: ProcessingLog = with_product(ProcessingLog.objects).get(pk=log.pk)
    return found


def text_of(product: Product, language: str = "ru") -> dict[str, Any] | None:
    """Every byte of the stored text but the moment of its change."""
    row = ProductContent.objects.filter(product=product, language=language).values().first()
    if row:
        del row["updated_at"], row["id"]
    return row


def card_of(product: Product) -> dict[str, Any]:
    """What a run may change of a product."""
    return Product.objects.values(
        "category_id", "category_source", "category_confidence", "ai_extracted"
    ).get(pk=product.pk)
