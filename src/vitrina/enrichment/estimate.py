"""What enriching so many products will cost, from what the seller's latest runs did cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.jobs.models import Job

RUNS = 200  # the latest finished ones
LEAST = 20  # fewer say too little
BATCHES = 5  # the latest finished ones


@dataclass(frozen=True)
class Estimate:
    """`cost` in USD and `seconds` of work, both for all products; None: unknown. `runs`: on how many it rests."""

    products: int
    runs: int
    cost: Decimal | None
    seconds: float | None

    @property
    def is_known(self) -> bool:
        return self.runs >= LEAST


def estimate(seller_id: int, products: int) -> Estimate:
    """Three queries, each over the newest runs of one status."""
    rows = [
        row
        for status in (Status.COMPLETED, Status.MODERATION, Status.APPROVED)
        for row in ProcessingLog.objects.filter(seller_id=seller_id, status=status)
        .order_by("-pk")
        .values_list("pk", "cost", "duration_ms")[:RUNS]
    ]
    latest = sorted(rows, reverse=True)[:RUNS]
    priced = [cost for _pk, cost, _ms in latest if cost is not None]
    timed = [ms for _pk, _cost, ms in latest if ms is not None]
    return Estimate(
        products=products,
        runs=len(latest),
        # A run of the offline generators alone costs nothing and says so; unknown prices are not guessed.
        cost=sum(priced, Decimal(0)) / len(priced) * products
        if priced and len(priced) == len(latest)
        else None,
        seconds=sum(timed) / len(timed) / 1000 * products if timed else None,
    )


def by_pace(seller_id: int, products: int) -> float | None:
    """Seconds by the clock, at the pace of the newest batch long enough to tell; None: there is none."""
    lately = Job.objects.filter(
        has_children=True, seller_id=seller_id, kind="enrichment.batch", state="done"
    ).order_by("-pk")
    for progress in lately.values_list("progress", flat=True)[:BATCHES]:
        if (progress.get("done") or 0) >= LEAST and progress.get("rate"):
            return products / float(progress["rate"])
    return None
