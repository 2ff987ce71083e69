"""A stored picture's three files: their names, where a browser finds them, and giving one out."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from vitrina.lib import downloads, files
from vitrina.lib.storage import S3Storage

# Whoever may see it may keep it: another picture has another address. Not «public»: a proxy on the way serves everybody.
KEPT = "private, max-age=31536000, immutable"
# A signed link of a bucket lives for an hour.
LINK_KEPT = "private, max-age=1800"
# A file from outside is a picture here and nothing else, whatever it says of itself.
CLOSED = "default-src 'none'; sandbox"


class Size(StrEnum):
    ORIGINAL = "original"  # as it came
    PROCESSED = "processed"  # JPEG, longest side ≤ 1024
    THUMB = "thumb"  # WebP, longest side ≤ 320


class HasFiles(Protocol):
    """A row whose picture lies in the storage. `media_type`: of the bytes as they came."""

    media_type: str

    @property
    def original_name(self) -> str: ...

    @property
    def processed_name(self) -> str: ...

    @property
    def thumb_name(self) -> str: ...


def name_of(picture: HasFiles, size: Size) -> str:
    """In the storage."""
    match size:
        case Size.ORIGINAL:
            return picture.original_name
        case Size.PROCESSED:
            return picture.processed_name
        case Size.THUMB:
            return picture.thumb_name


def media_type_of(picture: HasFiles, size: Size) -> str:
    match size:
        case Size.ORIGINAL:
            return picture.media_type
        case Size.PROCESSED:
            return "image/jpeg"
        case Size.THUMB:
            return "image/webp"


def public_address(picture: HasFiles, size: Size) -> str:
    """Where files are given out to everybody who knows their address, by a CDN or another server; empty where they aren't:
    then the room's own door gives them out, which asks whose they are. No query, no call."""
    if settings.R2_PUBLIC_URL if settings.R2_BUCKET_NAME else settings.PICTURES_URL:
        return files.storage().url(name_of(picture, size))
    return ""


def file_of(request: HttpRequest, picture: HasFiles, size: Size) -> HttpResponseBase:
    """The file, or the way to it. Http404 where it is lost. For whoever was found to be allowed to see it."""
    storage = files.storage()
    name = name_of(picture, size)
    answer: HttpResponseBase
    if isinstance(storage, S3Storage):
        answer = redirect(storage.url(name))
        answer["Cache-Control"] = LINK_KEPT
        return answer
    try:
        stream = storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    answer = downloads.picture(request, stream, media_type_of(picture, size))
    answer["Cache-Control"] = KEPT
    answer["Content-Security-Policy"] = CLOSED
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
