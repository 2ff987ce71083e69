"""One of everything that has an address, in one seller: what the matrix of routes and roles walks over."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.utils import timezone
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog import files
from vitrina.catalog.models import BrokenRow, Category, Export, Import, Product, ProductContent
from vitrina.enrichment.models import ContentTemplate, ModerationItem, ProcessingLog, StepResult
from vitrina.enrichment.options import RunOptions
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Job

TEXT = {
    "title": "Платье летнее хлопковое",
    "description": "<p>Лёгкое платье из хлопка для жаркого дня. Длина 95 см, ткань дышит и легко стирается.</p>"
    "<ul><li>хлопок</li><li>длина 95 см</li></ul>",
    "seo_title": "Платье летнее хлопковое синее — купить с доставкой",
    "seo_description": "Летнее платье из хлопка длиной 95 см: лёгкое, синее, на каждый день.",
    "keywords": ["платье", "хлопок"],
    "key_benefits": ["Дышит", "Легко стирать", "Не мнётся"],
}


@dataclass
class World:
    seller: Seller
    category: Category
    product: Product
    waiting_product: Product
    log: ProcessingLog
    item: ModerationItem
    job: Job
    dead_job: Job
    import_run: Import
    export_run: Export
    template: ContentTemplate


def options(**wishes: object) -> dict[str, object]:
    return RunOptions(**wishes).settled_for(has_category=False, has_images=False).stored()  # type: ignore[arg-type]


def result(category: Category, **text: object) -> dict[str, object]:
    return {
        "category": {
            "id": category.pk,
            "confidence": 0.62,
            "alternatives": [],
            "reasoning": "По названию.",
            "source": "offline",
        },
        "attributes": {"Сезон": {"value": "лето", "unit": "", "evidence": "летнее"}},
        "text": TEXT | text,
        "findings": [
            {
                "code": "unsupported.number",
                "severity": "high",
                "detail": {"text": "95 см"},
                "span": {"field": "description", "start": 44, "end": 49},
                "rule": "",
                "repairable": True,
            }
        ],
        "templates": [],
        "decision": {"outcome": "moderate", "priority": 2, "reasons": REASONS},
    }


REASONS = [
    {
        "code": "category.confidence_low",
        "severity": "warning",
        "detail": {"confidence": 0.62, "threshold": 0.75},
        "text": "",
    }
]


def make(seller: Seller, *, by: User | None = None) -> World:
    category = factories.category("Одежда > Платья", seller=seller)
    done, waiting = factories.product(seller=seller), factories.product(seller=seller)
    log = ProcessingLog.objects.create(
        product=done, seller=seller, status="completed", options=options(), result=result(category), models_used={"describe": "offline"},
        finished_at=timezone.now(), duration_ms=1200,
    )  # fmt: skip
    StepResult.objects.create(log=log, step="describe", input_hash="x", output=TEXT, source="offline")
    content = ProductContent.objects.create(
        product=done, language="ru", log_id=log.pk, source="offline", **TEXT
    )
    log.applied = {
        "content": {
            "id": content.pk, "language": "ru", "created": True, "before": {"title": ""}, "after": {"title": content.title},
        }
    }  # fmt: skip
    log.save()
    doubtful = ProcessingLog.objects.create(
        product=waiting, seller=seller, status="moderation", options=options(), result=result(category), confidence=0.62,
        input=None, models_used={"describe": "offline"}, finished_at=timezone.now(),
    )  # fmt: skip
    item = ModerationItem.objects.create(log=doubtful, seller=seller, priority=2, reasons=REASONS)
    job = enqueue("enrichment.run", {"log_id": 0}, seller_id=seller.pk, title="Пробное задание")
    dead = enqueue("enrichment.run", {"log_id": -1}, seller_id=seller.pk, title="Неудавшееся задание")
    Job.objects.filter(pk=dead.pk).update(state="dead", error="Сервер модели не ответил.", reason="NoAnswer")
    import_run = Import.objects.create(
        seller=seller, source="feed.yml", file_name="feed.yml", state="done", read=3, created=2, broken=1
    )
    BrokenRow.objects.create(import_run=import_run, line=3, reason="the row has no title")
    name = files.new_name("exports", "csv")
    files.storage().save(name, io.BytesIO(b"id,title\n"))
    export_run = Export.objects.create(
        seller=seller,
        target="shop",
        format="csv",
        language="ru",
        state="done",
        written=1,
        file_name=name,
        report_name=name,
    )
    template = ContentTemplate.objects.create(
        seller=seller, name="Платья", text="Сшито на совесть, шаблон 7301.", category=category
    )
    return World(
        seller,
        category,
        done,
        waiting,
        log,
        item,
        Job.objects.get(pk=job.pk),
        Job.objects.get(pk=dead.pk),
        import_run,
        export_run,
        template,
    )
