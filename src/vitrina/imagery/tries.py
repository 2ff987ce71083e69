"""The rows of calls as the decisions see them, and what one call's end says in its row."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from vitrina.imagery.calls import RESTING
from vitrina.imagery.models import ImageAttempt
from vitrina.imagery.outcomes import Try
from vitrina.imagery.ports import ServiceFault


def as_try(attempt: ImageAttempt) -> Try:
    # `at` is the begin; the row's own end is so many seconds later.
    age = (timezone.now() - attempt.at).total_seconds() - (attempt.seconds or 0.0)
    return Try(
        attempt.pk,
        attempt.service,
        attempt.round,
        attempt.outcome,
        attempt.quality_score,
        attempt.code == RESTING,
        attempt.retry_after or 0.0,
        max(0.0, age),
    )


def of_fault(fault: ServiceFault) -> dict[str, Any]:
    """The fields of a row whose call gave no picture."""
    return {
        "outcome": fault.outcome.value,
        "code": fault.code[:60],
        "words": fault.sentence[:500],
        "values": fault.values,
        "retry_after": fault.retry_after,
        "made": {"status": fault.status, "message": fault.message, "request_id": fault.request_id},
    }


def words_of(attempt: ImageAttempt) -> str:
    """What went wrong, in English."""
    return attempt.words % attempt.values if attempt.values else attempt.words


def cost_of(attempts: Sequence[ImageAttempt]) -> Decimal | None:
    """All tries together, in USD; None where one of them is not known."""
    costs = [one.cost for one in attempts if one.outcome]
    return None if any(cost is None for cost in costs) else sum((c for c in costs if c), Decimal(0))
