"""Pictures whose jobs ended without them: nobody makes those any longer, the rows say so, and their units are given back."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from vitrina.imagery import ending, waking
from vitrina.imagery.models import GeneratedImage
from vitrina.jobs.models import Job
from vitrina.jobs.states import HOLDS_KEY
from vitrina.lib.sentences import gettext_noop

YOUNG = timedelta(minutes=1)
CHUNK = 500
GIVEN_UP = gettext_noop(
    "Its job was cancelled or given up; the unit of the plan was given back. Ask for it again."
)
DIED = gettext_noop("The program failed over it: %(error)s The unit of the plan was given back.")


def close() -> int:
    """How many."""
    closed = 0
    old = GeneratedImage.objects.under_way().filter(created_at__lt=timezone.now() - YOUNG)
    last = 0
    while ids := list(old.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        last = ids[-1]
        keys = {waking.key_of(pk): pk for pk in ids}
        live = Job.objects.filter(kind=waking.KIND, key__in=list(keys), state__in=list(HOLDS_KEY))
        alive = {keys[key] for key in live.values_list("key", flat=True)}
        closed += sum(ending.fail(pk, GIVEN_UP) for pk in ids if pk not in alive)
    return closed


def fail_by_job(job_id: int, seller_id: int | None, failed_parts: int) -> None:
    """A picture's job died: so did the picture. In the transaction of the job's end."""
    job = Job.objects.filter(pk=job_id, kind=waking.KIND).only("payload", "error").first()
    if job is not None:
        ending.fail(job.payload["image_id"], DIED, {"error": job.error[:150]})
