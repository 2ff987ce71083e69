"""How the runs of a time went, for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.models import ids_of_sellers
from vitrina.accounts.roles import Right
from vitrina.enrichment import run_tallies
from vitrina.enrichment.api_shapes import TokensShown, usd
from vitrina.enrichment.models import LIVE, ProcessingLog, Status
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Given, Id, Shown, Whole

SUCCESS = (Status.COMPLETED, Status.APPROVED)


class StatsAsked(Given):
    days = Whole(required=False, default=30, min_value=1, max_value=366)
    seller = Id(required=False)


class StatsShown(Shown):
    days = serializers.IntegerField(help_text=_("Calendar days, this one included."))
    total = serializers.IntegerField(help_text=_("Runs that ended in this time, and those under way now."))
    by_status = serializers.DictField(child=serializers.IntegerField())
    successful = serializers.IntegerField(help_text=_("Applied: completed or approved."))
    failed = serializers.IntegerField()
    mean_confidence = serializers.FloatField(allow_null=True)
    total_cost = serializers.DecimalField(max_digits=14, decimal_places=6)
    unpriced = serializers.IntegerField(help_text=_("Runs whose price is unknown; the cost leaves them out."))
    mean_ms = serializers.IntegerField(allow_null=True)
    tokens = TokensShown()


STATS = {
    "days": 30,
    "total": 1280,
    "by_status": {"completed": 1100, "moderation": 60, "approved": 90, "failed": 30},
    "successful": 1190,
    "failed": 30,
    "mean_confidence": 0.88,
    "total_cost": "1.240310",
    "unpriced": 0,
    "mean_ms": 2140,
    "tokens": {"prompt": 912000, "completion": 401000, "total": 1313000},
}


class StatsDoor(Door):
    @operation(_("Figures of runs"), query=StatsAsked, answers=StatsShown, examples=[Example(STATS)])
    def get(self, request: ApiRequest) -> Response:
        sellers = ids_of_sellers(request.user, Right.VIEW)
        if "seller" in self.asked:
            asked = self.asked["seller"]
            sellers = [asked] if sellers is None or asked in sellers else []
        return Response(figures(sellers, self.asked["days"]))


def figures(sellers: list[int] | None, days: int) -> dict[str, Any]:
    """What ended within so many days, and what is under way. `sellers` None: all of them."""
    ended = run_tallies.totals(sellers, now=timezone.now(), days=days)
    logs = ProcessingLog.objects.all()
    if sellers is not None:
        logs = logs.filter(seller_id__in=sellers)
    live = (
        logs.filter(status__in=LIVE, finished_at=None).order_by().values("status").annotate(runs=Count("*"))
    )
    by_status = ended.by_status | {str(row["status"]): row["runs"] for row in live}
    return {
        "days": days,
        "total": sum(by_status.values()),
        "by_status": by_status,
        "successful": sum(by_status.get(status, 0) for status in SUCCESS),
        "failed": by_status.get(Status.FAILED, 0),
        "mean_confidence": round(ended.confidence / ended.sure, 4) if ended.sure else None,
        "total_cost": usd(ended.cost),
        "unpriced": ended.unpriced,
        "mean_ms": round(ended.ms / ended.timed) if ended.timed else None,
        "tokens": {
            "prompt": ended.tokens_prompt,
            "completion": ended.tokens_completion,
            "total": ended.tokens_prompt + ended.tokens_completion,
        },
    }
