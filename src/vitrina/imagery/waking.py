"""The job of a picture: its name, its key, and having it run now."""

from __future__ import annotations

from django.utils import timezone

from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.jobs.enqueue import Priority, QueueFull, bring_forward, enqueue

KIND = "imagery.draw"
CALLED_AT_ONCE = 2


def key_of(image_id: int) -> str:
    """Of the job that makes this picture."""
    return f"image:{image_id}"


def call_next(seller_id: int, *, but: int = 0) -> None:
    """A place was left: those of the seller that wait longest try again, in the caller's transaction."""
    rows = GeneratedImage.objects.filter(seller_id=seller_id, status=ImageStatus.QUEUED)
    rows = rows.exclude(not_before__gt=timezone.now()).exclude(pk=but)
    for image_id in list(rows.order_by("pk").values_list("pk", flat=True)[:CALLED_AT_ONCE]):
        if bring_forward(KIND, key_of(image_id)):
            continue
        try:
            # It is just looking for a place, and looks again; or its job is gone, and gets another.
            enqueue(
                KIND,
                {"image_id": image_id},
                key=key_of(image_id),
                seller_id=seller_id,
                priority=Priority.BATCH,  # its job keeps the urgency that it has
            )
        except QueueFull:
            return
