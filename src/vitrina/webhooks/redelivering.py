"""A person has an ended delivery sent again: the same event, the same id."""

from __future__ import annotations

from django.db import transaction

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.jobs import clock
from vitrina.webhooks.announce import wake
from vitrina.webhooks.models import Delivery, DeliveryState


def redeliver(delivery: Delivery, *, by: User | None) -> bool:
    """Put it on its way with all its tries before it; one that waits for its next try goes at once.

    False: somebody else did it a moment ago. It goes out while its endpoint is on.
    """
    with transaction.atomic():
        now = clock.read()
        ended = Delivery.objects.filter(pk=delivery.pk, tries=delivery.tries, state=delivery.state)
        again = ended.update(
            state=DeliveryState.PENDING, failures=0, next_try_at=now, ended_at=None, is_held=False
        )
        if again:
            audit.record(
                "webhook.redeliver",
                delivery,
                by=by,
                seller_id=delivery.endpoint.seller_id,
                before={"state": str(delivery.state)},
            )
            wake(delivery.endpoint_id, delivery.line)
    return bool(again)
