"""Today: what waits, what is at work, what was done, what it cost, how the providers do. Followed live."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrina.accounts import quotas
from vitrina.accounts.doors import PersonRequest
from vitrina.accounts.models import Seller, User, ids_of_sellers
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Export, Import, Product, ProductContent
from vitrina.console.counting import COUNT_UP_TO, counted
from vitrina.console.ends_chart import DAYS, HOURS, Span, rows_of
from vitrina.console.spending import Pace
from vitrina.engine import health
from vitrina.enrichment import run_tallies
from vitrina.enrichment.models import LIVE, ModerationItem, ProcessingLog
from vitrina.enrichment.run_tallies import Ended, Ends
from vitrina.jobs import events
from vitrina.jobs.models import Job

LOOK_AT = 3_000  # the newest products, which are asked one by one whether they have a text
MOST_FOLLOWED = 40  # sellers; with more of them the page looks again by the clock
BROKEN_WITHIN = timedelta(days=7)
BATCHES, RECENT, MODELS, BUDGETS = 5, 8, 6, 5


@require_safe
def today_page(request: PersonRequest) -> HttpResponse:
    # The stream goes on from here: asked before the state is read, so nothing falls between the two.
    after = events.last_id()
    user, now, span = request.user, timezone.now(), Span.of(request.GET.get("span"))
    sellers = ids_of_sellers(user, Right.VIEW)
    ends = run_tallies.read(sellers, now=now, days=DAYS + 1, hours=HOURS if span is Span.DAY else 0)
    local = timezone.localtime(now)
    today = ends.days.get(local.date(), Ended())
    batches = list(_batches(user))
    followed = _followed(sellers)
    context: dict[str, Any] = {
        "after": after,
        "now": local,
        "span": span,
        "rows": rows_of(ends, span, local),
        "done_today": today,
        "spending": _spending(ends, local),
        "budgets": _budgets(user, sellers, local),
        "health": health.summary(now=now),
        "most_models": MODELS,
        "batches": batches,
        "recent": list(_runs(user)),
        "runs_live": counted(_live_runs(sellers, followed).order_by()),
        "count_up_to": COUNT_UP_TO,
        **_waiting(user),
        **_broken_imports(user, now),
        **_topics(followed, batches),
    }
    context["steps"] = _first_steps(user, context)
    return page_or_part(request, "console/today.html", "console/today_body.html", context)


def _waiting(user: User) -> dict[str, Any]:
    waiting = ModerationItem.objects.reachable_by(user).waiting().order_by()
    found = waiting.aggregate(count=Count("*"), oldest=Min("created_at"))
    products = Product.objects.reachable_by(user)
    # Not «whether there is one»: PostgreSQL answers that for all products at once, and reads every text for it.
    text = ProductContent.objects.filter(product=OuterRef("pk")).exclude(description="", short_description="")
    newest = products.annotate(text=Subquery(text.values("pk")[:1])).order_by("-pk")[:LOOK_AT]
    seen = newest.aggregate(count=Count("*"), with_text=Count("text"))
    return {
        "moderation": found["count"],
        "moderation_oldest": found["oldest"],
        "jobs_dead": counted(Job.objects.reachable_by(user).dead().order_by()),
        "products": seen["count"],
        "without_category": counted(products.filter(category=None).order_by()),
        "without_text": seen["count"] - seen["with_text"],
        "looked_at": LOOK_AT,
    }


def _broken_imports(user: User, now: datetime) -> dict[str, Any]:
    """Of the newest imports, those of the last days whose rows did not all become products."""
    newest = list(Import.objects.reachable_by(user).only("broken", "created_at").order_by("-pk")[:30])
    broken = [one for one in newest if one.broken and one.created_at >= now - BROKEN_WITHIN]
    return {
        "broken_imports": broken,
        "broken_rows": sum(one.broken for one in broken),
        "has_imports": bool(newest),
    }


def _spending(ends: Ends, now: datetime) -> dict[str, Any]:
    """Cost by the prices of the runs: of today, and of this month with its forecast."""
    month = Ended()
    for day, ended in ends.days.items():
        if (day.year, day.month) == (now.year, now.month):
            month.add(ended)
    begins = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    next_month = (begins + timedelta(days=32)).replace(day=1)
    return {
        "today": ends.days.get(now.date(), Ended()),
        "month": month,
        "pace": Pace(month.cost, None, begins, next_month, now),
    }


def _budgets(user: User, sellers: list[int] | None, now: datetime) -> list[dict[str, Any]]:
    """The installation's for those who run it, each seller's for its people; the scarcest first."""
    found = quotas.budgets(sellers or [], of_installation=sellers is None)
    names = (
        dict(Seller.objects.filter(pk__in=[b.seller_id for b in found]).values_list("pk", "name"))
        if sellers and found
        else {}
    )
    made = [
        {
            "seller": names.get(budget.seller_id or 0, ""),
            "pace": Pace(budget.used, budget.most, budget.begins_at, budget.lifts_at, now),
        }
        for budget in found
    ]
    return sorted(made, key=lambda one: -(one["pace"].share or 0))[:BUDGETS]  # type: ignore[attr-defined]


def _followed(sellers: list[int] | None) -> list[int] | None:
    """The sellers whose news the page hears; None where they are too many, and it is fetched by the clock instead."""
    if sellers is None:
        sellers = list(Seller.objects.order_by().values_list("pk", flat=True)[: MOST_FOLLOWED + 1])
    return sellers if len(sellers) <= MOST_FOLLOWED else None


def _topics(followed: list[int] | None, batches: list[Job]) -> dict[str, Any]:
    of_sellers = [f"seller:{pk}" for pk in followed or []]
    return {
        "seller_topics": of_sellers,
        "topics": [*of_sellers, *(f"job:{batch.pk}" for batch in batches)],
        "by_clock": followed is None,
    }


def _first_steps(user: User, known: dict[str, Any]) -> list[tuple[str, bool]]:
    """What a new studio is led through, each with whether it is done; empty once cards are being made."""
    has_runs = bool(known["recent"])
    if known["products"] and has_runs:
        return []
    return [
        ("import", bool(known["products"])),
        ("run", has_runs),
        ("decide", False),
        ("export", Export.objects.reachable_by(user).exists()),
    ]


def _batches(user: User) -> QuerySet[Job]:
    return (
        Job.objects.reachable_by(user)
        .top()
        .filter(has_children=True, state__in=["queued", "running", "waiting"])[:BATCHES]
    )


def _runs(user: User) -> QuerySet[ProcessingLog]:
    """The last ones, without what they read and wrote."""
    shown = ProcessingLog.objects.reachable_by(user).select_related("product")
    return shown.only("type", "status", "cost", "created_at", "product__title").order_by("-pk")[:RECENT]


def _live_runs(sellers: list[int] | None, followed: list[int] | None) -> QuerySet[ProcessingLog]:
    """Sought by seller, which has an index with the status, wherever the sellers are known."""
    known = sellers if sellers is not None else followed
    rows = ProcessingLog.objects.filter(status__in=LIVE)
    return rows if known is None else rows.filter(seller_id__in=known)
