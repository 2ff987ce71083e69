"""What other programs are told of runs. Called in the transaction of what is told."""

from __future__ import annotations

from vitrina.enrichment.models import ModerationItem, ProcessingLog
from vitrina.webhooks.announce import announce


def run_finished(log: ProcessingLog) -> None:
    data = {
        "run": log.pk,
        "product": log.product_id,
        "type": log.type,
        "status": log.status,
        "confidence": log.confidence,
        "tokens": log.tokens_prompt + log.tokens_completion,
        "cost_usd": None if log.cost is None else str(log.cost),
        "error": log.error,
    }
    announce(log.seller_id, "run.finished", _product(log), data)


def moderation_needed(item: ModerationItem, log: ProcessingLog) -> None:
    data = {
        "item": item.pk,
        "run": log.pk,
        "product": log.product_id,
        "priority": item.priority,
        "reasons": [reason["code"] for reason in item.reasons],
        "confidence": log.confidence,
    }
    announce(item.seller_id, "moderation.needed", _product(log), data)


def _product(log: ProcessingLog) -> str:
    return f"product:{log.product_id}"
