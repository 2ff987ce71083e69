"""How well the studio places products in one branch of the tree: what people decided, what was applied without them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Avg, Count, F, Q

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Product
from vitrina.enrichment.models import SETTLED, CategoryDecision, ProcessingLog

LEAST = 20  # fewer decisions say too little to show a share


@dataclass(frozen=True)
class Quality:
    """Shares are None where there is nothing they could be of; `is_known` says whether the decisions are enough."""

    runs: int
    decisions: int
    precision: float | None
    audits: int
    audit_precision: float | None
    placed_by_studio: int
    placed_by_person: int
    placed_by_source: int
    confidence: float | None  # mean, of those that the studio placed

    @property
    def is_known(self) -> bool:
        return self.decisions >= LEAST

    @property
    def audits_are_known(self) -> bool:
        return self.audits >= LEAST

    @property
    def applied_alone(self) -> float | None:
        """Of the products placed by the studio or by a person, the share that no person had to look at."""
        placed = self.placed_by_studio + self.placed_by_person
        return self.placed_by_studio / placed if placed else None


def quality(user: User, category_ids: Collection[int]) -> Quality:
    """Of the reader's own sellers. Three queries over the branch's products and decisions."""
    products = Product.objects.reachable_by(user).filter(category__in=category_ids)
    decided = CategoryDecision.objects.filter(
        shown__in=category_ids, seller__in=Seller.objects.reachable_by(user)
    ).aggregate(
        all=Count("*"),
        right=Count("pk", filter=Q(chosen=F("shown"))),
        audits=Count("pk", filter=Q(is_audit=True)),
        audits_right=Count("pk", filter=Q(is_audit=True, chosen=F("shown"))),
    )
    rows = (
        products.order_by().values_list("category_source").annotate(Count("pk"), Avg("category_confidence"))
    )
    placed = {source: (count, mean) for source, count, mean in rows}
    runs = ProcessingLog.objects.filter(
        product__in=products.order_by().values("pk"), status__in=SETTLED
    ).count()
    return Quality(
        runs=runs,
        decisions=decided["all"],
        precision=decided["right"] / decided["all"] if decided["all"] else None,
        audits=decided["audits"],
        audit_precision=decided["audits_right"] / decided["audits"] if decided["audits"] else None,
        placed_by_studio=placed.get("ai", (0, None))[0],
        placed_by_person=placed.get("person", (0, None))[0],
        placed_by_source=placed.get("source", (0, None))[0],
        confidence=placed.get("ai", (0, None))[1],
    )
