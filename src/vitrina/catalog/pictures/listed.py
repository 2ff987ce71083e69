"""What of a product's pictures is the supplier's, and where what a listing brings stands among what a person arranged. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vitrina.catalog.models import ProductImage

LISTING = "listing"  # of `ImageOrigin`


def listed_urls(images: Iterable[ProductImage]) -> list[str]:
    """The addresses as the listing had them, those that a person took away too, in the listing's order."""
    theirs = [image for image in images if image.origin == LISTING]
    return [image.url for image in sorted(theirs, key=_place)]


def places(images: Sequence[ProductImage], urls: Sequence[str]) -> dict[str, tuple[int, int | None]]:
    """{address: (position, listed_at)} of what a new listing names. Where a person changed nothing, its order is the
    listing's; else what stands keeps its place and what is new comes last."""
    if not any(image.listed_at is not None or image.origin != LISTING for image in images):
        return {url: (at, None) for at, url in enumerate(urls)}
    standing = {image.url: image.position for image in images}
    last = max(standing.values(), default=-1)
    found: dict[str, tuple[int, int | None]] = {}
    for at, url in enumerate(urls):
        if url not in standing:
            last += 1
        found[url] = (standing.get(url, last), at)
    return found


def _place(image: ProductImage) -> tuple[int, int]:
    return (image.position if image.listed_at is None else image.listed_at, image.pk)
