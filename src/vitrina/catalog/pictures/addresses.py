"""Where a browser finds a stored picture: at a public address where there is one, else at our own door, which asks whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from vitrina.catalog.pictures.listed import LISTING
from vitrina.catalog.pictures.models import Picture
from vitrina.lib.picture_files import Size, public_address

if TYPE_CHECKING:
    from vitrina.catalog.models import ProductImage


def address(picture: Picture, size: Size) -> str:
    """For a page. No query, no call."""
    return public_address(picture, size) or reverse(
        "picture_file", args=[picture.seller_id, picture.digest, size]
    )


def api_address(picture: Picture, size: Size) -> str:
    """For a program."""
    return public_address(picture, size) or reverse("api_picture_file", args=[picture.pk, size])


def thumb_of(seller_id: int, digest: str) -> str:
    """The same of a picture whose row is not at hand."""
    return address(Picture(seller_id=seller_id, digest=digest), Size.THUMB)


def outside_address(image: ProductImage) -> str:
    """Where others than this studio find it: as the listing says, or its public address; empty where there is none."""
    if image.origin == LISTING:
        return image.url
    public = public_address(image.picture, Size.ORIGINAL) if image.picture is not None else ""
    return public if public.startswith(("https://", "http://")) else ""
