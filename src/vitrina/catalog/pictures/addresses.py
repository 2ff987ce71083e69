"""Where a browser finds a stored picture: at a public address where there is one, else at our own door, which asks whose it is."""

from __future__ import annotations

from django.urls import reverse

from vitrina.catalog.pictures.models import Picture
from vitrina.lib.picture_files import Size, public_address


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
