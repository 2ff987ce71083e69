"""What a person does with a product's pictures: add, take away, put back, move. Each stands in the audit.

What a person did outlasts the next listing: the supplier's pictures keep their place in the listing beside the place where
they are shown (`listed.places`), and those that were taken away stay away.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.catalog.models import ImageOrigin, Product, ProductImage
from vitrina.catalog.pictures import storing
from vitrina.catalog.pictures.models import ImageState
from vitrina.jobs import events
from vitrina.lib.pictures import prepare_apart

MOST_PICTURES = 60  # of one product, as many as a listing may name


class ArrangingRefused(Exception):
    """It can't be so; the sentence says why. Nothing was changed."""

    permanent = True


def add(
    product: Product,
    data: bytes,
    *,
    by: User | None,
    origin: ImageOrigin = ImageOrigin.UPLOAD,
    name: str = "",
) -> ProductImage:
    """The product shows this picture last; one that it shows already stays where it is. `name`: for the audit.

    Prepared apart and stored as fetched ones are. Raises PictureRefused for what is no picture, ArrangingRefused.
    """
    prepared = prepare_apart(data)
    digest = hashlib.sha256(data).hexdigest()
    with tempfile.TemporaryDirectory(prefix="vitrina-picture-") as folder:
        original = Path(folder) / "original"
        original.write_bytes(data)
        stored = storing.keep_files(product.seller_id, digest, original, prepared)
    with transaction.atomic():
        images = _locked(product)
        same = next((image for image in images if image.picture and image.picture.digest == digest), None)
        if same is not None and not same.is_removed:
            return same
        if sum(not image.is_removed for image in images) >= MOST_PICTURES:
            raise ArrangingRefused(
                _("The product has %(value)d pictures, the limit is %(limit)d. Take one away first.")
                % {"value": MOST_PICTURES, "limit": MOST_PICTURES}
            )
        ids = storing.write_rows(product.seller_id, [stored])
        _hold_order(images)
        last = max((image.position for image in images), default=-1) + 1
        if same is not None:
            same.is_removed, same.position = False, last
            same.save(update_fields=["is_removed", "position"])
            added = same
        else:
            added = ProductImage.every.create(
                product=product,
                url=f"vitrina:{digest}",
                position=last,
                picture_id=ids[digest],
                state=ImageState.STORED,
                origin=origin,
                fetched_at=timezone.now(),
            )
        _told(product, "add", by, after={"picture": digest, "origin": added.origin, "name": name[:200]})
    return added


def take_away(image: ProductImage, *, by: User | None) -> None:
    """No longer shown; `put_back` undoes it. Twice is once."""
    _show(image, is_removed=True, by=by)


def put_back(image: ProductImage, *, by: User | None) -> None:
    """Shown again where it stood. Twice is once."""
    _show(image, is_removed=False, by=by)


def move(image: ProductImage, to: int, *, by: User | None) -> None:
    """To this place among those that are shown, counted from 0; beyond the end is the end."""
    product = image.product
    with transaction.atomic():
        images = _locked(product)
        shown = [one for one in images if not one.is_removed]
        before = [one.pk for one in shown]
        if image.pk not in before:
            return
        moved = shown.pop(before.index(image.pk))
        shown.insert(max(0, min(to, len(shown))), moved)
        after = [one.pk for one in shown]
        if after == before:
            return
        _hold_order(images)
        for place, one in enumerate([*shown, *(one for one in images if one.is_removed)]):
            one.position = place
        ProductImage.every.bulk_update(images, ["position"])
        _told(product, "order", by, before={"order": before}, after={"order": after})


def _show(image: ProductImage, *, is_removed: bool, by: User | None) -> None:
    with transaction.atomic():
        images = _locked(image.product)
        _hold_order(images)
        changed = ProductImage.every.filter(pk=image.pk).exclude(is_removed=is_removed)
        if changed.update(is_removed=is_removed):
            deed = "remove" if is_removed else "return"
            _told(image.product, deed, by, after={"image": image.pk, "address": image.url[:500]})


def _locked(product: Product) -> list[ProductImage]:
    """Every picture of the product in its order; others that arrange it wait."""
    Product.objects.select_for_update(no_key=True).only("pk").get(pk=product.pk)
    return list(
        ProductImage.every.filter(product=product).select_related("picture").order_by("position", "pk")
    )


def _hold_order(images: Sequence[ProductImage]) -> None:
    """From now on the order is a person's: what the listing says of it is kept apart."""
    free = [image for image in images if image.origin == ImageOrigin.LISTING and image.listed_at is None]
    for image in free:
        image.listed_at = image.position
    if free:
        ProductImage.every.bulk_update(free, ["listed_at"])


def _told(
    product: Product,
    deed: str,
    by: User | None,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object],
) -> None:
    audit.record(f"product.picture_{deed}", product, by=by, before=before, after=after)
    events.record(f"product:{product.pk}", "pictures", {})
