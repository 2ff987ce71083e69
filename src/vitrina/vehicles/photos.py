"""A seller's own photo of a car: opened apart, made small, stripped of what the camera wrote into it, and kept."""

from __future__ import annotations

import hashlib
import io
from typing import Protocol

from django.db import transaction

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.imagery.asking import ReferenceFile
from vitrina.lib import files
from vitrina.lib.pictures import prepare_apart
from vitrina.lib.pictures.kinds import MOST_BYTES, too_many_bytes
from vitrina.vehicles.models import Photo, Vehicle

ROLE = "the car itself, photographed by its seller"


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read(stream: Readable) -> bytes:
    """No more than a picture may have. Raises PictureRefused."""
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_many_bytes(data)
    return data


def put(vehicle: Vehicle, data: bytes, *, by: User | None) -> None:
    """In place of the one before. Raises PictureRefused, OSError where the storage doesn't take it."""
    prepared = prepare_apart(data)
    digest = hashlib.sha256(prepared.processed).hexdigest()
    photo, storage = Photo(vehicle.seller_id, digest), files.storage()
    for name, made, media_type in (
        (photo.processed_name, prepared.processed, "image/jpeg"),
        (photo.thumb_name, prepared.thumb, "image/webp"),
    ):
        storage.save(name, io.BytesIO(made), media_type=media_type, is_lasting=True)
    _set(vehicle, digest, by=by)


def take_away(vehicle: Vehicle, *, by: User | None) -> None:
    """Series that were drawn after it keep their file."""
    _set(vehicle, "", by=by)


def reference(vehicle: Vehicle) -> ReferenceFile | None:
    photo = vehicle.photo
    return ReferenceFile(photo.processed_name, "image/jpeg", photo.digest, ROLE) if photo else None


def _set(vehicle: Vehicle, digest: str, *, by: User | None) -> None:
    before = vehicle.photo_digest
    with transaction.atomic():
        if Vehicle.objects.filter(pk=vehicle.pk).exclude(photo_digest=digest).update(photo_digest=digest):
            vehicle.photo_digest = digest
            audit.record("vehicle.photo", vehicle, by=by, before={"digest": before}, after={"digest": digest})
