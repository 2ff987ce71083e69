"""The lists as a person narrows them: what is common, what is rare, and what isn't there at all."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

PAGES: dict[str, dict[str, list[str]]] = {
    "/": {"span": ["month"]},
    "/products/": {
        "q": ["платье", "платье 77777", "велосипед"],
        "status": ["running", "moderation", "failed", "done", "untouched"],
        "no_category": ["1"],
        "no_description": ["1"],
        "branch": ["Одежда", "Одежда > Платья № 3999"],
        "language": ["ru", "en"],
        "confidence": ["low", "high", "unknown"],
        "findings": ["warning", "high"],
        "since": ["2020-01-01", "2100-01-01"],
        "source": ["feed", "site"],
        "order": ["oldest", "changed", "cheap", "dear"],
    },
    "/products/choices/categories": {"branch": ["платья", "нет такой"]},
    "/products/choices/brands": {"brand": ["а"]},
    "/runs/": {
        "status": ["completed", "failed", "rejected", "superseded", "pending"],
        "type": ["full", "image_analysis"],
        "product": ["платье", "платье 77777", "велосипед"],
        "model": ["offline", "gpt-9"],
        "template": ["1"],
        "sure": ["low", "unknown"],
        "cost": ["0", "5"],
        "since": ["2020-01-01", "2100-01-01"],
        "until": ["2020-01-01", "2100-01-01"],
        "batch": ["1"],
    },
    "/moderation/": {
        "reason": ["price", "injection"],
        "sure": ["low", "high", "unknown"],
        "language": ["ru", "en"],
        "age": ["hour", "week"],
        "priority": ["1", "3"],
        "category": ["1", "3000", "4000"],
    },
    "/moderation/bulk": {"reason": ["price", "injection"], "priority": ["1"], "category": ["1"]},
    "/jobs/": {
        "state": ["live", "dead", "done", "cancelled", "queued", "running", "waiting"],
        "kind": ["enrichment.run", "none"],
        "reason": ["NoAnswer"],
    },
    "/calls/": {
        "route": ["describe", "vision"],
        "outcome": ["ok", "error", "offline"],
        "provider": ["openai", "nobody"],
        "model": ["gpt", "nothing"],
        "fault": ["rate"],
        "since": ["2020-01-01", "2100-01-01"],
        "until": ["2020-01-01", "2100-01-01"],
        "job": ["1"],
        "cost": ["0", "5"],
    },
    "/settings/audit/": {
        "who": ["owner", "chief", "nobody"],
        "action": ["moderation.approve", "product.edit", "none"],
        "type": ["moderationitem", "none"],
        "since": ["2020-01-01", "2100-01-01"],
        "until": ["2020-01-01", "2100-01-01"],
    },
    "/settings/webhooks/1/": {"state": ["pending", "delivered", "given_up"], "kind": ["export.finished", "test"]},
    "/settings/people/everybody/": {"q": ["own", "нет"]},
    "/categories/": {"q": ["платья", "нет такой"], "removed": ["1"]},
    "/pictures/": {
        "q": ["маяк", "нет такого"],
        "recipe": ["product_shot", "book_scene"],
        "status": ["completed", "failed", "generating"],
        "quality": ["good", "poor", "marked"],
        "service": ["placeholder", "nobody"],
        "series": ["1"],
        "subject": ["product:1"],
    },
    "/templates/": {"q": ["шаблон", "нет такого"], "language": ["ru", "en"], "category": ["2"]},
}  # fmt: skip

LISTS: dict[str, dict[str, list[str]]] = {
    "/api/v1/products": {
        "text": ["платье", "велосипед"],
        "code": ["SKU-77777", "nothing"],
        "category": ["1", "4000"],
        "brand": ["1"],
        "changed_in": ["1"],
        "has_category": ["true", "false"],
        "has_description": ["true", "false"],
        "is_available": ["true", "false"],
    },
    "/api/v1/categories": {"text": ["платья", "нет такой"]},
    "/api/v1/ai/logs": {
        "status": ["completed", "rejected", "pending"],
        "type": ["full", "image_analysis"],
        "product_id": ["77"],
        "batch": ["1"],
        "created_from": ["2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"],
        "created_to": ["2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"],
    },
    "/api/v1/ai/moderation": {
        "priority": ["1", "3"],
        "resolution": ["waiting", "approved", "superseded"],
        "is_mine": ["true", "false"],
    },
    "/api/v1/ai/stats": {"days": ["1", "366"]},
    "/api/v1/interactions": {
        "order": ["most_pressing"],
        "needs_response": ["true", "false"],
        "status": ["new", "closed"],
        "priority": ["urgent"],
        "kind": ["review", "chat"],
        "platform": ["wildberries"],
        "intent": ["defect", "spam"],
        "is_mine": ["true"],
        "words": ["платье", "велосипед"],
    },
    "/api/v1/jobs": {
        "state": ["done", "queued", "running", "check"],
        "kind": ["enrichment.run", "none"],
        "parent": ["1"],
        "is_failed": ["true"],
    },
    "/api/v1/images": {
        "status": ["completed", "failed", "queued"],
        "recipe": ["product_shot", "book_scene"],
        "subject": ["product:1"],
        "series": ["1"],
    },
    "/api/v1/imports": {"state": ["done", "failed"]},
    "/api/v1/exports": {"state": ["done", "failed"]},
}


def addresses(lists: dict[str, dict[str, list[str]]]) -> Iterator[str]:
    """One condition at a time."""
    for path, conditions in lists.items():
        for name, values in conditions.items():
            for value in values:
                yield f"{path}?{urlencode({name: value})}"
