"""The end of a picture: its row, its unit and whoever wants to know, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from vitrina.accounts.models import Seller
from vitrina.imagery import metrics, quota, waking
from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.jobs import events
from vitrina.lib.transactions import short_transaction

# Called with a picture that was completed or failed, in the transaction of its end: quick, and without a call outside.
# A room above fills it in its `AppConfig.ready`.
when_ended: dict[str, Callable[[GeneratedImage], None]] = {}


def complete(image_id: int, fields: Mapping[str, Any], *, keeps_unit: bool) -> bool:
    """The picture stands. `keeps_unit` False: it cost nothing, so the plan's unit is given back."""
    return _end(image_id, {**fields, "status": ImageStatus.COMPLETED}, keeps_unit=keeps_unit)


def fail(image_id: int, reason: str, values: Mapping[str, Any] | None = None, **fields: Any) -> bool:
    """It is not to be had: `reason`, a sentence with its values, says why. The unit is given back. False: it had ended."""
    told = {"status": ImageStatus.FAILED, "reason": reason[:300], "reason_values": dict(values or {})}
    return _end(image_id, {**fields, **told}, keeps_unit=False)


def tell(image: GeneratedImage) -> None:
    """The followers of the seller, and of this picture, hear how it stands."""
    data = {
        "image": image.pk,
        "status": str(image.status),
        "series": image.series_id,
        "subject": image.subject,
    }
    events.record_many(
        [(f"image:{image.pk}", "image", data, None), (f"seller:{image.seller_id}", "image", data, None)]
    )


def _end(image_id: int, fields: dict[str, Any], *, keeps_unit: bool) -> bool:
    with short_transaction():
        # Everybody who takes a unit or a place of a seller locks its row first; here it keeps two ends apart.
        rows = GeneratedImage.objects.under_way().select_related("series")
        image = rows.filter(pk=image_id).first()
        if image is None:
            return False
        Seller.objects.select_for_update(no_key=True).only("pk").get(pk=image.seller_id)
        image = rows.filter(pk=image_id).first()
        if image is None:
            return False
        if not keeps_unit:
            fields["held"] = quota.give_back(image)
        fields |= {"finished_at": timezone.now(), "not_before": None}
        for name, value in fields.items():
            setattr(image, name, value)
        image.save(update_fields=list(fields))
        tell(image)
        waking.call_next(image.seller_id)
        for told in when_ended.values():
            told(image)
    metrics.ENDED.labels(image.recipe, image.status).inc()
    return True
