"""Approving a part of the queue at once: what it would be, and the batch that does it item by item.

Nothing grave and nothing that somebody else has taken is ever among them; each approval is the same deed as at
the desk, with its own entry in the audit log.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from heapq import nsmallest
from operator import itemgetter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Category
from vitrina.enrichment.findings import Severity
from vitrina.enrichment.models import ModerationItem, ModerationItemQuerySet
from vitrina.enrichment.moderating import TAKEN_FOR
from vitrina.enrichment.policy import PRIORITY
from vitrina.enrichment.queue_filter import REASONS, QueueFilter
from vitrina.jobs import batches
from vitrina.jobs.models import Job

MOST = 10_000  # items of one bulk approval
SAMPLE = 8
CATEGORIES = 12
NOWHERE = 0  # of items without a category
GRAVE = PRIORITY[Severity.HIGH]

# Items of one category that wait for the same reasons, as sure or not: category id, codes, 1 of unsure ones,
# how many, the newest's id.
Alike = tuple[int | None, str, int, int, int]


@dataclass(frozen=True)
class Preview:
    """What a bulk approval would take, and what it would leave alone."""

    count: int
    is_more: bool  # more wait than one approval takes
    grave: int
    taken: int
    reasons: list[tuple[str, int]]
    categories: list[tuple[str, int]]
    unsure: int  # below an even chance of the right category, or not known
    newest: int  # the set is closed: what arrives later is not meant
    sample: list[ModerationItem]


def preview(user: User, within: QueueFilter) -> Preview:
    """Five queries; two more where a branch is asked for."""
    waiting = meant(user, within).order_by()
    found = eligible(waiting, user)
    alike, is_more = _alike(found)
    by_codes, by_category = Counter[str](), Counter[int]()
    unsure = newest = 0
    for category_id, codes, is_unsure, count, last in alike:
        by_codes[codes] += count
        by_category[category_id or NOWHERE] += count
        unsure += is_unsure * count
        newest = max(newest, last)
    reasons = Counter[str]()
    for codes, count in sorted(by_codes.items()):
        reasons.update(dict.fromkeys(families(codes), count))
    branches = nsmallest(CATEGORIES, ((-count, pk) for pk, count in by_category.items()))
    paths = dict(Category.objects.filter(pk__in=[pk for _count, pk in branches]).values_list("pk", "path"))
    sample = found.order_by("-priority", "pk").values("pk")[:SAMPLE]
    return Preview(
        count=by_codes.total(),
        is_more=is_more,
        grave=waiting.filter(priority__gte=GRAVE)[:MOST].count(),
        taken=waiting.filter(_taken(user), priority__lt=GRAVE)[:MOST].count(),
        reasons=reasons.most_common(),
        categories=[(paths.get(pk, _("without a category")), -count) for count, pk in branches],
        unsure=unsure,
        newest=newest,
        sample=list(
            ModerationItem.objects.filter(pk__in=sample)
            .select_related("log__product", "category")
            .only("confidence", "priority", "log__product__title", "category__path")
            .order_by("-priority", "pk")
        ),
    )


def _alike(found: ModerationItemQuerySet) -> tuple[list[Alike], bool]:
    """The first `MOST` of `found`, grouped in one pass over the queue, and whether there are more.

    By hand, since Django groups no rows of a limited statement.
    """
    first = found.order_by("pk").values_list("pk", "category_id", "codes", "confidence")[: MOST + 1]
    try:
        statement, parameters = first.query.sql_with_params()
    except EmptyResultSet:  # of a filter that can find nothing
        return [], False
    with connection.cursor() as cursor:
        cursor.execute(
            # Django's own statement, counted.
            f"WITH first (item, category, codes, confidence) AS ({statement})"  # noqa: S608
            " SELECT category, codes, CASE WHEN confidence >= 0.5 THEN 0 ELSE 1 END, COUNT(*), MAX(item)"
            " FROM first GROUP BY 1, 2, 3",
            parameters,
        )
        alike: list[Alike] = cursor.fetchall()
    if sum(group[-2] for group in alike) <= MOST:
        return alike, False
    # The last one only tells that more wait. Nothing of `found` stands between it and the one before.
    end = max(alike, key=itemgetter(-1))
    alike.remove(end)
    category_id, codes, is_unsure, count, newest = end
    if count > 1:
        alike.append((category_id, codes, is_unsure, count - 1, newest - 1))
    return alike, True


def start(user: User, within: QueueFilter, *, newest: int) -> list[Job]:
    """One batch for each seller that has such items; empty when nothing is left to approve."""
    with transaction.atomic():
        chosen = eligible(meant(user, within), user).filter(pk__lte=newest).order_by("pk")
        counts = Counter(chosen.values_list("seller_id", flat=True)[:MOST])
        sellers = Seller.objects.in_bulk(list(counts))
        started = []
        for seller_id, count in counts.items():
            job = batches.start(
                "enrichment.approvals",
                child_kind="enrichment.approval",
                payload={
                    "filter": within.stored() | {"seller": str(seller_id)},
                    "by": user.pk,
                    "until": newest,
                },
                seller_id=seller_id,
                title=_("%(count)s cards by %(person)s") % {"count": count, "person": user},
                total=count,
                created_by=user,
            )
            audit.record(
                "moderation.bulk",
                sellers[seller_id],
                by=user,
                after={"filter": within.stored(), "count": count, "until": newest, "job": job.pk},
            )
            started.append(job)
    return started


def meant(user: User, within: QueueFilter) -> ModerationItemQuerySet:
    return within.items(ModerationItem.objects.reachable_by(user, Right.MODERATE).waiting())


def eligible(waiting: ModerationItemQuerySet, user: User) -> ModerationItemQuerySet:
    return waiting.filter(~_taken(user), priority__lt=GRAVE)


def _taken(user: User) -> Q:
    """Held by somebody else."""
    return Q(assignee__isnull=False, assigned_at__gte=timezone.now() - TAKEN_FOR) & ~Q(assignee=user)


def families(codes: str) -> list[str]:
    """The reasons as the filter names them; one that it doesn't know by its code."""
    found: dict[str, None] = {}
    for code in filter(None, codes.split("|")):
        family = next((known for known in REASONS if code == known or code.startswith(known)), "")
        found[str(REASONS[family]) if family else code] = None
    return list(found)


def report(job_id: int) -> dict[str, Any]:
    """What became of the items of a bulk approval."""
    approved, left = 0, Counter[str]()
    for result in Job.objects.filter(parent_id=job_id).values_list("result", flat=True).iterator():
        if result and "left" in result:
            left[result["left"]] += 1
        elif result:
            approved += 1
    return {"approved": approved, "left": dict(left)}
