"""What stands in the studio that the browser visits: hostile words wherever words of others are shown."""

from __future__ import annotations

from vitrina.console.tests.hostile import HOSTILE, plant, rows_so_far


def fill() -> None:
    from django.conf import settings
    from tests import factories

    from vitrina.accounts.models import Seller
    from vitrina.accounts.roles import Role
    from vitrina.catalog.models import BrokenRow, Product, ProductContent, ProductImage
    from vitrina.catalog.search import search_text
    from vitrina.console.tests.addresses import keep
    from vitrina.console.tests.world import REASONS, make, options, result
    from vitrina.enrichment.models import ContentTemplate, ModerationItem, ProcessingLog, StepResult
    from vitrina.enrichment.queueing import queue
    from vitrina.jobs.models import Job

    seller = Seller.objects.create(name="Шляпа", slug="hat")
    factories.user("vera", seller=seller, role=Role.CATALOGUE_MANAGER)
    factories.user("boris", seller=seller, role=Role.MODERATOR)
    world = make(seller)
    factories.category("Обувь > Сапоги", seller=seller, synonyms=["ботфорты", HOSTILE])
    for number in range(120):
        factories.product(seller=seller, title=f"Шляпа фетровая № {number}")
    factories.product(seller=seller, title="Котелок дирижёра чёрный")

    hostile = factories.product(
        seller=seller, title=HOSTILE, description=HOSTILE, supplier=HOSTILE[:200], category_hint=HOSTILE,
        source_url="javascript:window.pwned=7", attributes={HOSTILE: HOSTILE}, external_id="hostile",
    )  # fmt: skip
    ProductImage.objects.create(
        product=hostile, url='https://outside.example/"><script>window.pwned=8</script>.jpg'
    )
    text = {"title": HOSTILE[:255], "description": HOSTILE, "keywords": [HOSTILE], "key_benefits": [HOSTILE]}
    made = ProcessingLog.objects.create(
        product=hostile,
        seller=seller,
        status="failed",
        options=options(),
        error=HOSTILE,
        models_used={"describe": "x:y"},
    )
    StepResult.objects.create(
        log=made, step="describe", input_hash="x", output={"text": HOSTILE}, raw=HOSTILE, source=HOSTILE[:100]
    )
    ProductContent.objects.create(product=hostile, language="ru", **text)
    doubtful = factories.product(seller=seller, title=HOSTILE, description=HOSTILE)
    log = ProcessingLog.objects.create(
        product=doubtful, seller=seller, status="moderation", options=options(), models_used={"describe": HOSTILE},
        result=result(world.category, **text) | {"attributes": {HOSTILE: {"value": HOSTILE, "evidence": {"source": HOSTILE}}}},
    )  # fmt: skip
    reasons = [*REASONS, {"code": HOSTILE, "severity": "high", "detail": {"text": HOSTILE}, "text": HOSTILE}]
    ModerationItem.objects.create(log=log, seller=seller, priority=1, reasons=reasons)
    BrokenRow.objects.create(
        import_run=world.import_run, line=9, reason=HOSTILE, raw=HOSTILE, external_id=HOSTILE[:200]
    )
    ContentTemplate.objects.create(seller=seller, name=HOSTILE[:200], text=HOSTILE)
    Job.objects.filter(pk=world.dead_job.pk).update(error=HOSTILE, title=HOSTILE[:200])
    for number in range(6):
        waiting = factories.product(seller=seller, title=f"Берет вязаный № {number}")
        doubt = ProcessingLog.objects.create(
            product=waiting, seller=seller, status="moderation", options=options(), result=result(world.category),
            confidence=0.62, models_used={"describe": "offline"},
        )  # fmt: skip
        queue(doubt, priority=2, reasons=REASONS)
    for product in Product.objects.all():
        # As intake writes it.
        Product.objects.filter(pk=product.pk).update(
            search_text=search_text(product.title, product.external_id)
        )
    factories.user("chief", is_superuser=True)
    before = rows_so_far()
    planted = make(Seller.objects.create(name="x", slug="hostile"))
    plant(before)
    keep(settings.DATA_DIR, plain=world, planted=planted)
