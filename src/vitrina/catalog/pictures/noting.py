"""What came of addresses, written at the places that wait for them; whoever looks at their products hears of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from vitrina.catalog.models import ProductImage
from vitrina.catalog.pictures.bringing import Brought
from vitrina.catalog.pictures.models import ImageState
from vitrina.catalog.pictures.storing import Stored, known, write_rows
from vitrina.catalog.pictures.troubles import Trouble
from vitrina.jobs import events
from vitrina.lib.transactions import short_transaction


@dataclass(frozen=True, slots=True)
class Note:
    """Of one address: a picture (`stored` now, or known by the digest of `brought`), a `trouble`, or neither: the picture
    that its places have is still the one that stands there. `is_left`: the trouble is told, and the places wait on."""

    places: Sequence[int]
    products: Collection[int]
    brought: Brought | None = None
    stored: Stored | None = None
    trouble: Trouble | None = None
    is_left: bool = False


def write(seller_id: int, notes: Sequence[Note]) -> None:
    """One transaction, one statement for each address. A place that was deleted meanwhile, or that somebody else has
    settled, is left alone."""
    now = timezone.now()
    with short_transaction():
        ids = write_rows(seller_id, [note.stored for note in notes if note.stored is not None])
        missing = {note.brought.digest for note in notes if note.brought and note.brought.digest not in ids}
        if missing:
            ids |= known(seller_id, missing)
        for note in notes:
            if note.brought is not None and note.brought.digest not in ids:
                continue  # its picture was let go this moment; the place waits, and is asked for again
            ProductImage.objects.filter(pk__in=note.places, state=ImageState.WAITING).update(
                **_said(note, ids), fetched_at=now
            )
        told = sorted({product for note in notes for product in note.products})
        events.record_many((f"product:{product}", "pictures", {}, None) for product in told)


def _said(note: Note, ids: dict[str, int]) -> dict[str, Any]:
    if note.trouble is not None:
        return {
            "state": ImageState.WAITING if note.is_left else note.trouble.state,
            "trouble": note.trouble.sentence,
            "trouble_values": dict(note.trouble.values),
        }
    said: dict[str, Any] = {"state": ImageState.STORED, "trouble": "", "trouble_values": {}}
    if note.brought is not None:
        said["picture_id"] = ids[note.brought.digest]
        said["validators"] = dict(note.brought.validators or {})
    return said
