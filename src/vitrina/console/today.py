"""Today: what waits, what was done, what it cost, how fast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncHour
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrina.accounts.doors import PersonRequest
from vitrina.accounts.pages import page_or_part
from vitrina.catalog.models import Product
from vitrina.console.product_filter import ProductFilter
from vitrina.enrichment.models import LIVE, ModerationItem, ProcessingLog, Status
from vitrina.jobs.models import Job

COUNT_UP_TO = 10_000
HOURS = 24
CHART = (960, 72)  # the drawing's own units, wide and high


@dataclass(frozen=True)
class Bar:
    """One hour in the drawing: where it stands, how high its two parts are, and what it says."""

    x: float
    width: float
    y: float
    height: float
    failed_y: float
    failed_height: float
    at: datetime
    done: int
    failed: int


@require_safe
def today_page(request: PersonRequest) -> HttpResponse:
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    logs = ProcessingLog.objects.reachable_by(request.user)
    of_month = logs.filter(finished_at__gte=midnight.replace(day=1)).aggregate(
        cost_month=Sum("cost"),
        cost_today=Sum("cost", filter=Q(finished_at__gte=midnight)),
        today=Count("pk", filter=Q(finished_at__gte=midnight)),
        applied=Count(
            "pk", filter=Q(finished_at__gte=midnight, status__in=[Status.COMPLETED, Status.APPROVED])
        ),
        failed=Count("pk", filter=Q(finished_at__gte=midnight, status=Status.FAILED)),
        unpriced=Count("pk", filter=Q(finished_at__gte=midnight, cost=None)),
    )
    waiting = ModerationItem.objects.reachable_by(request.user).waiting()
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    jobs = Job.objects.reachable_by(request.user)
    context: dict[str, Any] = {
        "now": now,
        "moderation": waiting.order_by().count(),
        "moderation_oldest": oldest,
        "jobs_dead": _counted(jobs.dead()),
        "jobs_running": jobs.filter(state="running").count(),
        "runs_live": _counted(logs.filter(status__in=LIVE)),
        "products": _counted(Product.objects.reachable_by(request.user)),
        "without_category": _counted(ProductFilter(no_category=True).products(request.user)),
        "without_text": _counted(ProductFilter(no_description=True).products(request.user)),
        "month": of_month,
        "cost_today": of_month["cost_today"] or Decimal(0),
        "cost_month": of_month["cost_month"] or Decimal(0),
        "count_up_to": COUNT_UP_TO,
        "batches": list(
            jobs.top().exclude(child_kind="").filter(state__in=["queued", "running", "waiting"])[:5]
        ),
        "recent": list(logs.select_related("product", "seller").order_by("-pk")[:8]),
        **throughput(logs, now),
    }
    return page_or_part(request, "console/today.html", "console/today_body.html", context)


def throughput(logs: QuerySet[ProcessingLog], now: datetime) -> dict[str, Any]:
    """Runs that ended in each of the last 24 hours, as bars of a drawing."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    counted = {
        row["hour"]: (row["done"], row["failed"])
        for row in logs.filter(finished_at__gte=first)
        .annotate(hour=TruncHour("finished_at"))
        .values("hour")
        .annotate(
            done=Count("pk", filter=~Q(status=Status.FAILED)),
            failed=Count("pk", filter=Q(status=Status.FAILED)),
        )
        .order_by()
    }
    hours = [first + timedelta(hours=number) for number in range(HOURS)]
    most = max((sum(counted.get(hour, (0, 0))) for hour in hours), default=0)
    wide, high = CHART
    step = wide / HOURS
    bars = []
    for number, hour in enumerate(hours):
        done, failed = counted.get(hour, (0, 0))
        scale = (high - 4) / most if most else 0
        bars.append(
            Bar(
                x=round(number * step + 2, 1),
                width=round(step - 4, 1),
                y=round(high - done * scale, 1),
                height=round(done * scale, 1),
                failed_y=round(high - (done + failed) * scale, 1),
                failed_height=round(failed * scale, 1),
                at=hour,
                done=done,
                failed=failed,
            )
        )
    return {"bars": bars, "busiest": most, "chart": CHART}


def _counted(rows: QuerySet[Any]) -> int:
    """How many, up to a number beyond which nobody reads the difference and counting takes its time."""
    return rows.order_by()[: COUNT_UP_TO + 1].count()
