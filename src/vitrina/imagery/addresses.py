"""Where a browser and a program find the files of a generated picture."""

from __future__ import annotations

from django.urls import reverse

from vitrina.imagery.models import GeneratedImage
from vitrina.lib.picture_files import Size, public_address


def address(image: GeneratedImage, size: Size) -> str:
    """For a page; empty while there is no file. No query, no call."""
    if not image.digest:
        return ""
    return public_address(image, size) or reverse("image_file", args=[image.pk, image.digest, size])


def api_address(image: GeneratedImage, size: Size) -> str | None:
    """For a program; None while there is no file."""
    if not image.digest:
        return None
    return public_address(image, size) or reverse("api_image_file", args=[image.pk, size])
