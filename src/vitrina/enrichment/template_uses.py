"""Which of the latest runs a template helped, in which version, and what became of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from vitrina.accounts.models import User
from vitrina.enrichment.models import SETTLED, ContentTemplate, ProcessingLog, Status

LOOKED_AT = 300  # the newest settled runs of the reader's sellers
SHOWN = 15


@dataclass(frozen=True)
class Use:
    log_id: int
    title: str
    status: str
    status_words: str
    version: int | None  # None: of a run before versions were kept
    at: datetime | None


@dataclass(frozen=True)
class Uses:
    looked_at: int
    shown: list[Use]
    by_version: dict[int | None, int]


def latest_uses(template: ContentTemplate, user: User) -> Uses:
    """One query over the newest runs; a run keeps the ids and versions of the templates that helped it."""
    logs = ProcessingLog.objects.reachable_by(user).filter(status__in=SETTLED)
    if template.seller_id is not None:
        logs = logs.filter(seller_id=template.seller_id)
    rows = logs.order_by("-pk").values_list(
        "pk", "product__title", "status", "result__templates", "result__template_versions", "finished_at"
    )[:LOOKED_AT]
    words = dict(Status.choices)
    looked_at = 0
    found: list[Use] = []
    for pk, title, status, templates, versions, at in rows:
        looked_at += 1
        if template.pk in (templates or []):
            version = (versions or {}).get(str(template.pk))
            found.append(Use(pk, title, status, str(words.get(status, status)), version, at))
    return Uses(looked_at, found[:SHOWN], dict(Counter(use.version for use in found)))
