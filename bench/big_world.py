"""A shop of a hundred thousand products and runs, made in seconds: one row by the program, the rest by the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SIZE = 100_000
DAYS = 30
WAITING_SHARE = 4  # every so many'th run waits for a person: nobody has sat at the desk for a while
BATCH = 5_000  # runs of one batch job
SMALL = 5  # more shops, empty ones
CATEGORIES = 4_000
PASSWORD = "a-long-password"


def fill(size: int = SIZE) -> Any:
    """Returns the `World` of the tests: one object of every kind, inside the big shop."""
    from django.contrib.auth.hashers import make_password
    from django.db import connection, transaction
    from django.utils import timezone

    from vitrina.accounts.models import AuditEntry, Membership, Seller, User
    from vitrina.catalog.models import Category, Import, Product, ProductContent
    from vitrina.console.tests.world import make
    from vitrina.engine.models import ModelCall
    from vitrina.enrichment.models import (
        CategoryDecision,
        ContentTemplate,
        ModerationItem,
        ProcessingLog,
        StepResult,
    )
    from vitrina.imagery.models import GeneratedImage, ImageAttempt
    from vitrina.jobs.models import Job, JobEvent
    from vitrina.webhooks.models import Delivery, Event

    is_postgres = connection.vendor == "postgresql"

    def spread(count: int = size) -> str:
        """Seconds from now back to each of so many rows, which were written one after another over `DAYS`."""
        return f"({count} - n.i) * {DAYS * 86_400} / {count}"

    seller = Seller.objects.create(name="Большой магазин", slug="big")
    chief = User.objects.create(username="chief", password=make_password(PASSWORD), is_superuser=True)
    owner = User.objects.create(username="owner", password=make_password(PASSWORD))
    # Who looks after several shops, of which one is big.
    agent = User.objects.create(username="agent", password=make_password(PASSWORD))
    Membership.objects.create(user=owner, seller=seller, role="admin")
    for shop in [
        seller,
        *(Seller.objects.create(name=f"Лавка {n}", slug=f"small-{n}") for n in range(SMALL)),
    ]:
        Membership.objects.create(user=agent, seller=shop, role="admin")
    with transaction.atomic():
        world = make(seller)
        now = timezone.now()
        text = "n.i || ''" if not is_postgres else "n.i::text"
        product = Product.objects.filter(pk=world.product.pk)
        product.update(search_text="платье летнее хлопковое синее", description="Описание поставщика. " * 40)
        category = multiply(Category, world.category.pk, CATEGORIES, {
            "external_id": f"'k-' || {text}", "name": f"'Платья № ' || {text}", "path": f"'Одежда > Платья № ' || {text}",
        })  # fmt: skip
        first = multiply(Product, world.product.pk, size, {
            "external_id": f"'SKU-' || {text}",
            "title": f"'Платье летнее хлопковое № ' || {text}",
            "search_text": f"'платье летнее хлопковое № ' || {text} || ' sku-' || {text}",
            "content_hash": f"'hash-' || {text}",
            "category_id": f"CASE WHEN n.i % 20 = 0 THEN NULL ELSE {category} + n.i % {CATEGORIES} END",
            "created_at": ago(spread()), "updated_at": ago(spread()),
        })  # fmt: skip
        multiply(ProductContent, ProductContent.objects.get(product=world.product).pk, size * 9 // 10, {
            "product_id": f"{first} + n.i", "log_id": "NULL", "updated_at": ago(spread()),
        })  # fmt: skip
        state = (
            f"CASE WHEN n.i % {WAITING_SHARE} = 0 THEN 'moderation' WHEN n.i % 33 = 0 THEN 'failed'"
            " WHEN n.i % 10 = 0 THEN 'approved' ELSE 'completed' END"
        )
        log = ProcessingLog.objects.filter(pk=world.log.pk)
        log.update(input={"title": "Платье летнее", "description": "Описание поставщика. " * 40})
        job = Job.objects.filter(pk=world.job.pk)
        job.update(kind="enrichment.run", state="done", finished_at=now, progress={"done": 8, "total": 8})
        batches = multiply(Job, world.job.pk, max(1, size // BATCH), {
            "kind": "'enrichment.batch'", "child_kind": "'enrichment.run'", "has_children": _true(is_postgres),
            "created_at": ago(spread(max(1, size // BATCH))), "finished_at": ago(spread(max(1, size // BATCH))), "key": "''",
        })  # fmt: skip
        jobs = multiply(Job, world.job.pk, size, {
            "parent_id": f"{batches} + n.i / {BATCH}", "created_at": ago(spread()), "finished_at": ago(spread()), "key": "''",
        })  # fmt: skip
        multiply(Job, world.dead_job.pk, 300, {"created_at": ago(spread(300)), "key": "''"})
        job.update(state="queued", finished_at=None, progress={})
        logs = multiply(ProcessingLog, world.log.pk, size, {
            "product_id": f"{first} + n.i", "status": state, "finished_at": ago(spread()), "created_at": ago(spread()),
            "cost": "0.00042", "confidence": "(n.i % 100) / 100.0", "job_id": f"{jobs} + n.i",
            "batch_id": f"{batches} + n.i / {BATCH}",
        })  # fmt: skip
        multiply(StepResult, StepResult.objects.get(log=world.log).pk, size, {
            "log_id": f"{logs} + n.i", "created_at": ago(spread()),
        })  # fmt: skip
        multiply(ModerationItem, world.item.pk, size // WAITING_SHARE, {
            "log_id": f"{logs} + n.i * {WAITING_SHARE}",
            "created_at": ago(spread(size // WAITING_SHARE)), "priority": "1 + n.i % 3", "confidence": "(n.i % 100) / 200.0",
            "codes": "CASE WHEN n.i % 2 = 0 THEN '|category.confidence_low|' ELSE '|price.missing|text.short|' END",
            "category_id": f"{category} + n.i % {CATEGORIES // 2}", "language": "'ru'",
        })  # fmt: skip
        call = ModelCall.objects.create(
            at=now, kind="chat", generator="describe", route="describe", provider="openai", model="gpt-4o-mini",
            outcome="ok", tokens_prompt=900, tokens_completion=500, tokens_total=1400, cost="0.000420", latency_ms=1800,
            first_token_ms=400, seller=seller, job_id=jobs,
        )  # fmt: skip
        multiply(ModelCall, call.pk, size, {"at": ago(spread()), "job_id": f"{jobs} + n.i"})
        event = JobEvent.objects.create(topic="job:0", kind="state", data={"state": "done"}, created_at=now)
        multiply(JobEvent, event.pk, size, {"topic": f"'job:' || ({jobs} + n.i)", "job_id": f"{jobs} + n.i"})
        entry = AuditEntry.objects.create(
            user=owner,
            seller=seller,
            action="moderation.approve",
            object_type="moderationitem",
            object_id="1",
        )
        multiply(AuditEntry, entry.pk, size, {"object_id": text, "at": ago(spread())})
        decision = CategoryDecision.objects.create(
            seller=seller, product=world.product, log=world.log, shown=world.category, chosen=world.category,
            raw_confidence=0.8, producer="offline", decided_by=owner,
        )  # fmt: skip
        multiply(CategoryDecision, decision.pk, size // 10, {
            "product_id": f"{first} + n.i", "log_id": f"{logs} + n.i", "shown_id": f"{category} + n.i % {CATEGORIES}",
            "chosen_id": f"{category} + n.i % {CATEGORIES}",
        })  # fmt: skip
        told = multiply(Event, world.delivery.event_id, size, {
            "uid": f"'uid-' || {text}", "subject": f"'product:' || {text}", "created_at": ago(spread()),
        })  # fmt: skip
        multiply(Delivery, world.delivery.pk, size, {
            "event_id": f"{told} + n.i", "subject": f"'product:' || {text}", "created_at": ago(spread()),
            "state": "CASE WHEN n.i % 500 = 0 THEN 'given_up' ELSE 'delivered' END",
        })  # fmt: skip
        images = multiply(GeneratedImage, world.image.pk, size, {
            "title": f"'Старый маяк № ' || {text}", "created_at": ago(spread()), "finished_at": ago(spread()),
            "subject": f"'product:' || ({first} + n.i)", "wish": text, "cache_key": text,
            "status": "CASE WHEN n.i % 200 = 0 THEN 'failed' ELSE 'completed' END",
            "quality_level": "CASE WHEN n.i % 50 = 0 THEN 'poor' WHEN n.i % 3 = 0 THEN 'good' ELSE 'excellent' END",
        })  # fmt: skip
        multiply(ImageAttempt, ImageAttempt.objects.get(image=world.image).pk, size, {
            "image_id": f"{images} + n.i", "at": ago(spread()),
        })  # fmt: skip
        multiply(Import, world.import_run.pk, 300, {"created_at": ago(spread(300))})
        multiply(ContentTemplate, world.template.pk, 500, {"name": f"'Шаблон ' || {text}"})
    with connection.cursor() as cursor:
        # As any database of this size has been, by its own housekeeping.
        cursor.execute("VACUUM ANALYZE" if is_postgres else "ANALYZE")
    assert chief.pk
    return world


def ago(seconds: str) -> str:
    """SQL for a moment so many seconds ago; `seconds` is SQL."""
    from django.db import connection

    if connection.vendor == "postgresql":
        return f"now() - ({seconds}) * interval '1 second'"
    return f"strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || ({seconds}) || ' seconds')"


def multiply(model: Any, pk: Any, count: int, differences: Mapping[str, str]) -> int:
    """`count` more rows like the one of `pk`. `differences`: SQL by column; `n.i` counts from 0. The first new id.

    Columns are read from the model: those that a later migration adds come along by themselves.
    """
    from django.core.management.color import no_style
    from django.db import connection
    from django.db.models import Max, UUIDField

    key = model._meta.pk
    is_postgres = connection.vendor == "postgresql"
    first = 0
    if isinstance(key, UUIDField):
        made = "gen_random_uuid()" if is_postgres else "lower(hex(randomblob(16)))"
    else:
        first = (model.objects.aggregate(most=Max("pk"))["most"] or 0) + 1
        made = f"{first} + n.i"
    columns = [field.column for field in model._meta.concrete_fields]
    table, given = model._meta.db_table, {key.column: made} | dict(differences)
    values = ", ".join(given.get(column, f't."{column}"') for column in columns).replace("%", "%%")
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE n(i) AS (SELECT CAST(0 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {int(count)}) "
            f'INSERT INTO "{table}" ({names}) SELECT {values} FROM n, "{table}" t WHERE t."{key.column}" = %s',
            [pk.hex if isinstance(key, UUIDField) and not is_postgres else pk],
        )
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
    return first


def _true(is_postgres: bool) -> str:
    return "true" if is_postgres else "1"
