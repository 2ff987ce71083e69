"""Approving a part of the queue at once: what it would be, and the batch that does it item by item.

Nothing grave and nothing that somebody else has taken is ever among them; each approval is the same deed as at
the desk, with its own entry in the audit log.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q
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
GRAVE = PRIORITY[Severity.HIGH]


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
    """Eight queries, each answered from the index of the queue; one more where a branch is asked for."""
    waiting = meant(user, within).order_by()
    found = eligible(waiting, user)
    ends = list(found.order_by("pk").values_list("pk", flat=True)[MOST - 1 : MOST + 1])
    newest = ends[0] if ends else found.aggregate(newest=Max("pk"))["newest"] or 0
    chosen = found.filter(pk__lte=newest)
    reasons = Counter[str]()
    for codes, count in chosen.values_list("codes").annotate(Count("pk")):
        reasons.update(dict.fromkeys(families(codes), count))
    branches = chosen.values_list("category").annotate(count=Count("pk")).order_by("-count", "category")[:12]
    paths = Category.objects.in_bulk([pk for pk, _count in branches if pk])
    sample = found.order_by("-priority", "pk").values_list("pk", flat=True)[:SAMPLE]
    counts = chosen.aggregate(
        all=Count("pk"), unsure=Count("pk", filter=Q(confidence=None) | Q(confidence__lt=0.5))
    )
    return Preview(
        count=counts["all"],
        is_more=len(ends) > 1,
        grave=waiting.filter(priority__gte=GRAVE)[:MOST].count(),
        taken=waiting.filter(_taken(user), priority__lt=GRAVE)[:MOST].count(),
        reasons=reasons.most_common(),
        categories=[
            (paths[pk].path if pk in paths else _("without a category"), count) for pk, count in branches
        ],
        unsure=counts["unsure"],
        newest=newest,
        sample=list(
            ModerationItem.objects.filter(pk__in=list(sample))
            .select_related("log__product", "category")
            .defer("log__input", "log__result", "log__product__description", "log__product__attributes")
            .order_by("-priority", "pk")
        ),
    )


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
