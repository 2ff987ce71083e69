"""A picture's three files, and then its row: what a row points to stands whole.

Killed between the two, files are left without a row; `checking` finds them. Never the other way round.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from vitrina.catalog.pictures.models import Picture
from vitrina.lib import files
from vitrina.lib.pictures.prepared import Prepared

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture whose files stand whole in the storage, under the names of `picture`, a row that is not written yet."""

    picture: Picture


def digest_of(path: Path) -> str:
    """SHA-256, 64 hex digits."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            found.update(piece)
    return found.hexdigest()


def keep_files(seller_id: int, digest: str, original: Path, prepared: Prepared) -> Stored:
    """Into the storage, the original first. No query. Raises OSError where the storage does not take them."""
    picture = Picture(
        seller_id=seller_id,
        digest=digest,
        media_type=prepared.media_type,
        size=original.stat().st_size,
        width=prepared.width,
        height=prepared.height,
        likeness=prepared.likeness,
        measured=prepared.measured,
    )
    storage = files.storage()
    with original.open("rb") as file:
        storage.save(picture.original_name, file, media_type=picture.media_type, is_lasting=True)
    for name, data, media_type in (
        (picture.processed_name, prepared.processed, "image/jpeg"),
        (picture.thumb_name, prepared.thumb, "image/webp"),
    ):
        storage.save(name, io.BytesIO(data), media_type=media_type, is_lasting=True)
    return Stored(picture)


def known(seller_id: int, digests: Collection[str]) -> dict[str, int]:
    """{digest: id} of those that are stored. One query."""
    rows = Picture.objects.filter(seller_id=seller_id, digest__in=list(digests))
    return dict(rows.values_list("digest", "pk"))


def write_rows(seller_id: int, stored: Iterable[Stored]) -> dict[str, int]:
    """{digest: id}, in the caller's transaction; a row that somebody else wrote meanwhile stays as it is."""
    pictures = [one.picture for one in stored]
    if not pictures:
        return {}
    Picture.objects.bulk_create(pictures, ignore_conflicts=True)
    return known(seller_id, [picture.digest for picture in pictures])
