"""What enriching so many products will cost, from what the seller's latest runs did cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from vitrina.catalog.models import ProductImage
from vitrina.catalog.pictures.models import ImageState
from vitrina.engine.expected import expected_cost
from vitrina.enrichment.generators.look.generator import GENERATOR as LOOK
from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.enrichment.run import OFFLINE
from vitrina.jobs.models import Job

RUNS = 200  # the latest finished ones
LEAST = 20  # fewer say too little
BATCHES = 5  # the latest finished ones
LOOK_PROMPT, LOOK_ANSWER = (
    900,
    300,
)  # tokens of a look besides its pictures: the prompt with its schema, and the answer


@dataclass(frozen=True)
class Estimate:
    """`cost` in USD and `seconds` of work, both for all products; None: unknown. `runs`: on how many it rests.

    `looking`: the part of the cost for a vision model that these runs had not.
    """

    products: int
    runs: int
    cost: Decimal | None
    seconds: float | None
    looking: Decimal = Decimal(0)

    @property
    def is_known(self) -> bool:
        return self.runs >= LEAST


def estimate(seller_id: int, products: int) -> Estimate:
    """Three queries, each over the newest runs of one status; one more where a vision model is new to them."""
    rows = [
        row
        for status in (Status.COMPLETED, Status.MODERATION, Status.APPROVED)
        for row in ProcessingLog.objects.filter(seller_id=seller_id, status=status)
        .order_by("-pk")
        .values_list("pk", "cost", "duration_ms", "product_id", "models_used")[:RUNS]
    ]
    latest = sorted(rows, key=lambda row: -row[0])[:RUNS]
    priced = [cost for _pk, cost, *_ in latest if cost is not None]
    timed = [ms for _pk, _cost, ms, *_ in latest if ms is not None]
    looked = any((used or {}).get("look_at_images", OFFLINE) != OFFLINE for *_, used in latest)
    looking = Decimal(0) if looked else _looking([product for *_, product, _used in latest])
    # A run of the offline generators alone costs nothing and says so; unknown prices are not guessed.
    is_priced = bool(priced) and len(priced) == len(latest) and looking is not None
    each = sum(priced, Decimal(0)) / len(priced) + (looking or 0) if is_priced else None
    return Estimate(
        products=products,
        runs=len(latest),
        cost=None if each is None else each * products,
        seconds=sum(timed) / len(timed) / 1000 * products if timed else None,
        looking=(looking or Decimal(0)) * products,
    )


def _looking(product_ids: Sequence[int]) -> Decimal | None:
    """USD for looking at one product, by how many pictures these have; 0 where no model looks, None: no known price."""
    if not product_ids or expected_cost(LOOK.route, prompt=1, completion=1) == 0:
        return Decimal(0)
    most = settings.AI_MAX_IMAGES_PER_PRODUCT
    stored = ProductImage.objects.filter(product_id__in=product_ids, state=ImageState.STORED)
    counted = Counter(stored.values_list("product_id", flat=True))
    costs = [
        expected_cost(LOOK.route, prompt=LOOK_PROMPT, completion=LOOK_ANSWER, pictures=min(counted[pk], most))
        for pk in product_ids
        if min(counted[pk], most)
    ]
    known = [cost for cost in costs if cost is not None]
    return None if len(known) < len(costs) else sum(known, Decimal(0)) / len(product_ids)


def by_pace(seller_id: int, products: int) -> float | None:
    """Seconds by the clock, at the pace of the newest batch long enough to tell; None: there is none."""
    lately = Job.objects.filter(
        has_children=True, seller_id=seller_id, kind="enrichment.batch", state="done"
    ).order_by("-pk")
    for progress in lately.values_list("progress", flat=True)[:BATCHES]:
        if (progress.get("done") or 0) >= LEAST and progress.get("rate"):
            return products / float(progress["rate"])
    return None
