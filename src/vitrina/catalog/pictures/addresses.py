"""Where a browser finds a stored picture: at a public address where there is one, else at our own door, which asks whose it is."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.urls import reverse

from vitrina.catalog import files
from vitrina.catalog.pictures.models import Picture


class Size(StrEnum):
    ORIGINAL = "original"  # as it came
    PROCESSED = "processed"  # JPEG, longest side ≤ 1024
    THUMB = "thumb"  # WebP, longest side ≤ 320


def name_of(picture: Picture, size: Size) -> str:
    """In the storage."""
    match size:
        case Size.ORIGINAL:
            return picture.original_name
        case Size.PROCESSED:
            return picture.processed_name
        case Size.THUMB:
            return picture.thumb_name


def media_type_of(picture: Picture, size: Size) -> str:
    match size:
        case Size.ORIGINAL:
            return picture.media_type
        case Size.PROCESSED:
            return "image/jpeg"
        case Size.THUMB:
            return "image/webp"


def address(picture: Picture, size: Size) -> str:
    """For a page. No query, no call."""
    if is_public():
        return files.storage().url(name_of(picture, size))
    return reverse("picture_file", args=[picture.seller_id, picture.digest, size])


def api_address(picture: Picture, size: Size) -> str:
    """For a program."""
    if is_public():
        return files.storage().url(name_of(picture, size))
    return reverse("api_picture_file", args=[picture.pk, size])


def thumb_of(seller_id: int, digest: str) -> str:
    """The same of a picture whose row is not at hand."""
    return address(Picture(seller_id=seller_id, digest=digest), Size.THUMB)


def is_public() -> bool:
    """Whether files are given out to everybody who knows their address, by a CDN or another server."""
    return bool(settings.R2_PUBLIC_URL if settings.R2_BUCKET_NAME else settings.PICTURES_URL)
