"""How many pictures are made at the same time: of one series, and of one seller by its plan.

A picture's status is its place. Places are given under the lock of the seller's row, so the bound is exact over all
processes; a place of a killed worker is held until its job is done again.
"""

from __future__ import annotations

from datetime import datetime

from vitrina.accounts.models import Seller
from vitrina.imagery import ending, waking
from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.imagery.plan import PlanOfPictures
from vitrina.jobs.running import RunningJob
from vitrina.lib.transactions import short_transaction

# Whoever ends calls the next; this is for whoever died instead. Hundreds may wait, and each look is a claim.
AGAIN_SECONDS = 60.0


def take(job: RunningJob, image: GeneratedImage, plan: PlanOfPictures) -> bool:
    """Whether this picture may be made now; from then on it holds a place."""
    with short_transaction():
        job.guard()
        Seller.objects.select_for_update(no_key=True).only("pk").get(pk=image.seller_id)
        busy = GeneratedImage.objects.filter(
            seller_id=image.seller_id, status=ImageStatus.GENERATING
        ).exclude(pk=image.pk)
        if plan.at_once is not None and busy.count() >= plan.at_once:
            return False
        if image.series is not None and busy.filter(series=image.series).count() >= image.series.most_at_once:
            return False
        changed = GeneratedImage.objects.filter(pk=image.pk, status=ImageStatus.QUEUED).update(
            status=ImageStatus.GENERATING, not_before=None
        )
        image.refresh_from_db(fields=["status"])
        if changed:
            ending.tell(image)
        return image.status == ImageStatus.GENERATING


def leave(job: RunningJob, image: GeneratedImage, *, not_before: datetime | None = None) -> None:
    """Give the place to others while this picture waits."""
    with short_transaction():
        job.guard()
        GeneratedImage.objects.filter(pk=image.pk, status=ImageStatus.GENERATING).update(
            status=ImageStatus.QUEUED, not_before=not_before
        )
        image.refresh_from_db(fields=["status"])
        ending.tell(image)
        waking.call_next(image.seller_id, but=image.pk)
