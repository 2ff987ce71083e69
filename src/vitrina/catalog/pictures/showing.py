"""The pictures of a product as pages and programs show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from vitrina.catalog.models import Product, ProductImage
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

    @property
    def may_be_asked_again(self) -> bool:
        return self.state in (ImageState.FAILED, ImageState.REFUSED)


def pictures_of(product: Product, *, most: int | None = None) -> list[Shown]:
    """In their order. One query."""
    return [shown(image) for image in product.images.select_related("picture")[:most]]


def shown(image: ProductImage) -> Shown:
    picture = image.picture
    trouble = trouble_of(image)
    if picture is None:
        return Shown(image.url, str(image.state), str(ImageState(image.state).label), trouble)
    return Shown(
        image.url,
        str(image.state),
        str(ImageState(image.state).label),
        trouble,
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
