"""Finding the places of a seller's products at a marketplace."""

from __future__ import annotations

from vitrina.catalog.models import Product
from vitrina.channels.models import Connection
from vitrina.enrichment.placement import placing
from vitrina.jobs.outcomes import Cancel, Done, Fail, Outcome
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.running import RunningJob


@handler(placing.PLACE, limits=Limits(running=2), deadline_seconds=3600.0, reruns=True)
def place(job: RunningJob) -> Outcome:
    """{"connection"}"""
    connection = Connection.objects.on().select_related("seller").filter(pk=job.payload["connection"]).first()
    if connection is None:
        return Cancel("The connection was taken away or switched off.")
    total = min(Product.objects.filter(seller_id=connection.seller_id).count(), placing.MOST)
    job.progress(step="places", done=0, total=total)
    try:
        found = placing.place_all(
            connection, on_progress=lambda done: job.progress(step="places", done=done, total=total)
        )
    except ValueError as error:
        return Fail(str(error))
    return Done({"placed": found["placed"], "nowhere": found["nowhere"]})
