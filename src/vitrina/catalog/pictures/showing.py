"""The pictures of a product as pages and programs show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from vitrina.catalog.models import ImageOrigin, Product, ProductImage
from vitrina.catalog.pictures.addresses import address
from vitrina.catalog.pictures.models import ImageState
from vitrina.lib.picture_files import Size


@dataclass(frozen=True, slots=True)
class Shown:
    """`thumb` and `large` are empty where nothing is stored. `width` × `height` of the picture as it came; the sides of
    its thumbnail keep their proportions."""

    url: str  # as it came
    state: str
    state_name: str
    trouble: str = ""  # in the reader's language
    thumb: str = ""
    large: str = ""
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    id: int = 0
    origin: str = ""  # in words; empty of the supplier's own

    @property
    def may_be_asked_again(self) -> bool:
        return self.state in (ImageState.FAILED, ImageState.REFUSED)


def pictures_of(product: Product, *, most: int | None = None) -> list[Shown]:
    """In their order. One query."""
    return [shown(image) for image in product.images.select_related("picture")[:most]]


def shown(image: ProductImage) -> Shown:
    picture = image.picture
    common: dict[str, Any] = {
        "url": image.url,
        "state": str(image.state),
        "state_name": str(ImageState(image.state).label),
        "trouble": trouble_of(image),
        "id": image.pk,
        "origin": "" if image.origin == ImageOrigin.LISTING else str(ImageOrigin(image.origin).label),
    }
    if picture is None:
        return Shown(**common)
    return Shown(
        **common,
        thumb=address(picture, Size.THUMB),
        large=address(picture, Size.PROCESSED),
        width=picture.width,
        height=picture.height,
        bytes=picture.size,
    )


def may_be_asked_again(pictures: Iterable[Shown]) -> bool:
    return any(picture.may_be_asked_again for picture in pictures)


def trouble_of(image: ProductImage) -> str:
    """Why there is no picture, in the reader's language; empty where there is one, or nobody asked yet."""
    return _(image.trouble) % image.trouble_values if image.trouble else ""
