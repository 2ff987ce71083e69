"""What other programs are told of pictures. Called in the transaction of their end."""

from __future__ import annotations

from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.webhooks.announce import announce


def image_ended(image: GeneratedImage) -> None:
    data = {
        "image": image.pk,
        "recipe": image.recipe,
        "subject": image.subject,
        "part": image.part,
        "series": image.series_id,
        "status": str(image.status),
        "service": image.service,
        "quality_score": image.quality_score,
        "is_marked": image.is_marked,
        "cost_usd": None if image.cost is None else f"{image.cost:.6f}",
        "reason": image.reason % image.reason_values if image.reason_values else image.reason,
    }
    kind = "image.completed" if image.status == ImageStatus.COMPLETED else "image.failed"
    announce(image.seller_id, kind, f"image:{image.pk}", data)
