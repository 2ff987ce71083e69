"""Trying a template on one product: the text that would be written after it. Nothing is kept but the job's answer."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from vitrina.accounts.models import User
from vitrina.catalog.facts import facts
from vitrina.catalog.models import Product
from vitrina.engine.ask import ask
from vitrina.engine.core.replies import CallContext
from vitrina.enrichment.generators.describe.generator import GENERATOR
from vitrina.enrichment.generators.describe.schema import DescribeInput
from vitrina.enrichment.models import ContentTemplate
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.jobs.models import Job

KIND = "enrichment.template_trial"


class Gone(Exception):
    """The template or the product was deleted meanwhile."""


def start(template: ContentTemplate, product: Product, *, by: User) -> Job:
    """Queue the trial; a second click joins the first. Raises QueueFull."""
    with transaction.atomic():
        return enqueue(
            KIND,
            {"template_id": template.pk, "product_id": product.pk, "user_id": by.pk},
            key=f"template:{template.pk}:{template.version}:{product.pk}",
            seller_id=product.seller_id,
            priority=Priority.OPERATOR,
            title=f"{template.name} → {product.title}"[:200],
            created_by_id=by.pk,
        )


def write(template_id: int, product_id: int, *, job_id: int, user_id: int) -> dict[str, Any]:
    """{"title", "description", "source", "cost", "version"}. Raises Gone, and the engine's errors."""
    template = ContentTemplate.objects.filter(pk=template_id).first()
    product = Product.objects.listings().filter(pk=product_id).first()
    if template is None or product is None:
        raise Gone("The template or the product was deleted.")
    known = facts(product)
    answer = ask(
        GENERATOR,
        DescribeInput(
            facts=known,
            category_path=known.category_path,
            language="en" if template.language == "en" else "ru",
            target=product.seller.target,
            templates=(template.text,),
        ),
        context=CallContext(seller_id=product.seller_id, job_id=job_id, user_id=user_id, feature="describe"),
    )
    return {
        "title": answer.value.title,
        "description": answer.value.description,
        "source": answer.source,
        "cost": None if answer.cost is None else str(answer.cost),
        "version": template.version,
    }
