"""Saying that something happened, in the transaction in which it happens."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models.functions import Now

from vitrina.jobs.enqueue import enqueue
from vitrina.webhooks import wanting
from vitrina.webhooks.models import Delivery, Event

KIND = "webhooks.deliver"
LINES = 4  # of one endpoint: as many requests are under way to it at most


def announce(seller_id: int, kind: str, subject: str, data: Mapping[str, Any]) -> None:
    """Tell every endpoint of the seller that wants this kind, once the caller's transaction is committed.

    `subject` ("product:12"): events of one subject arrive in the order in which they were announced. `data`: small
    JSON. Where nobody wants the kind nothing is written, and mostly nothing asked.
    """
    wanted_by = wanting.wanted_by(seller_id, kind)
    if wanted_by:
        put_on_its_way(seller_id, kind, subject, data, endpoint_ids=wanted_by)


def put_on_its_way(
    seller_id: int, kind: str, subject: str, data: Mapping[str, Any], *, endpoint_ids: Iterable[int]
) -> list[int]:
    """The event, a delivery for each endpoint, and the jobs that bring them; the ids of the deliveries."""
    event = Event.objects.create(
        uid=f"evt_{uuid.uuid4().hex}",
        seller_id=seller_id,
        kind=kind,
        subject=subject,
        data=dict(data),
        created_at=Now(),
    )
    line = zlib.crc32(subject.encode()) % LINES
    made = []
    for endpoint_id in endpoint_ids:
        delivery = Delivery.objects.create(
            event=event,
            endpoint_id=endpoint_id,
            kind=kind,
            subject=subject,
            line=line,
            next_try_at=Now(),
            created_at=Now(),
        )
        made.append(delivery.pk)
        wake(endpoint_id, line)
    return made


def wake(endpoint_id: int, line: int) -> None:
    """Have a line of an endpoint looked at now. The job is the house's own: news never fill a seller's queue."""
    enqueue(KIND, {"endpoint": endpoint_id, "line": line}, key=f"{endpoint_id}/{line}")
