"""One request: the body of an event, signed, to an endpoint's address. No transaction is open meanwhile."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from vitrina.lib.fetch import Fetcher, FetchError
from vitrina.lib.sealing import NotOpened
from vitrina.webhooks import signing
from vitrina.webhooks.address import guard
from vitrina.webhooks.models import Delivery, Event
from vitrina.webhooks.secret import signing_secrets

DEADLINE_SECONDS = 10.0
ANSWER_BYTES = 1024
USER_AGENT = "Vitrina-Webhooks"


@dataclass(frozen=True)
class Sent:
    """What came of it. `status` None: no answer; `error` says why, or what is wrong with the answer."""

    status: int | None
    milliseconds: int
    error: str = ""
    answer: str = ""
    retry_after: float | None = None


def send(delivery: Delivery, now: datetime) -> Sent:
    """`delivery` with its endpoint and event. `now`: the database's clock."""
    endpoint, event = delivery.endpoint, delivery.event
    body = body_of(event)
    begun = time.monotonic()
    try:
        secrets = signing_secrets(endpoint, now)
        headers = signing.headers(event.uid, int(now.timestamp()), body, secrets)
        headers |= {"content-type": "application/json", "user-agent": USER_AGENT}
        posted = Fetcher(guard()).post(
            endpoint.url, body, headers=headers, max_bytes=ANSWER_BYTES, deadline_seconds=DEADLINE_SECONDS
        )
    except NotOpened as error:
        words = f"The secret of this endpoint can't be opened, nothing was sent; give it a new one. {error}"
        return Sent(None, _since(begun), words)
    except FetchError as error:
        return Sent(None, _since(begun), str(error))
    return Sent(
        posted.status,
        _since(begun),
        _trouble(posted.status),
        storable(posted.body),
        posted.retry_after,
    )


def body_of(event: Event) -> bytes:
    """The same bytes at every try."""
    return json.dumps(said_of(event), ensure_ascii=False, separators=(",", ":")).encode()


def said_of(event: Event) -> dict[str, Any]:
    return {
        "id": event.uid,
        "kind": event.kind,
        "created_at": event.created_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "seller": {"id": event.seller_id},
        "subject": event.subject,
        "data": event.data,
    }


def storable(data: bytes) -> str:
    """Text that both databases take, whatever bytes came."""
    return data.decode("utf-8", "replace").replace("\x00", "\ufffd")


def _trouble(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"It answered with status {status}, a redirect, which is not followed; give the final address."
    return f"It answered with status {status}."


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
