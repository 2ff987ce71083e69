"""Whether the pictures of a product that just came in are on their way: a batch lets other products go first."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from vitrina.catalog.models import Product
from vitrina.catalog.pictures.asking import KIND
from vitrina.catalog.pictures.models import ImageState
from vitrina.enrichment.options import RunOptions
from vitrina.jobs.models import Job

# After an import both cores are busy with pictures anyway. Later a run goes on without them, and says so.
WAITED_FOR = timedelta(minutes=2)
LOOK_AGAIN_SECONDS = 5.0


def are_coming(product: Product, options: RunOptions) -> bool:
    """`product` with its images loaded. No query unless it is new and has a picture that wasn't fetched yet."""
    if not options.use_images or options.analyze_images is False:
        return False
    if timezone.now() - product.created_at > WAITED_FOR:
        return False
    if all(image.state != ImageState.WAITING for image in product.images.all()):
        return False
    return Job.objects.live().filter(kind=KIND, seller_id=product.seller_id).exists()
