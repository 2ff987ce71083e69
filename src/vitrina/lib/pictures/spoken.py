"""What a process that opens pictures answers: JSON with lengths, then the pictures. Said in `child`, heard in `pool`. Pure.

What is heard was written beside strange pictures: another shape raises, and nothing in it is run.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from vitrina.lib.pictures.prepared import PictureRefused, Prepared
from vitrina.lib.pictures.quality.judged import Judged, restored

_LONGEST_PICTURE = 16_000_000


def prepared(picture: Prepared) -> bytes:
    return _framed(_head(picture), picture)


def refused(refusal: PictureRefused) -> bytes:
    return _framed({"refused": refusal.sentence, "values": dict(refusal.values)}, None)


def judged(told: Judged) -> bytes:
    head = {} if told.prepared is None else _head(told.prepared)
    head["judged"] = {
        "score": told.score,
        "level": told.level,
        "issues": [issue.kept() for issue in told.issues],
        "seen": dict(told.seen),
    }
    return _framed(head, told.prepared)


def length_of_pictures(head: dict[str, Any]) -> int:
    """Raises ValueError for what is no answer."""
    lengths = [head.get(name, 0) for name in ("processed", "thumb")]
    if not all(isinstance(length, int) and 0 <= length <= _LONGEST_PICTURE for length in lengths):
        raise ValueError("not the answer of a process that opens pictures")
    return sum(lengths)


def heard_prepared(head: dict[str, Any], pictures: bytes) -> Prepared:
    """Raises `PictureRefused` where that was answered."""
    if "refused" in head:
        raise PictureRefused(head["refused"], head["values"])
    border = head["processed"]
    return Prepared(
        media_type=head["media_type"],
        width=head["width"],
        height=head["height"],
        processed=pictures[:border],
        thumb=pictures[border:],
        likeness=head["likeness"],
        measured=head["measured"],
    )


def heard_judged(head: dict[str, Any], pictures: bytes) -> Judged:
    told = head["judged"]
    return Judged(
        told["score"],
        told["level"],
        tuple(restored(issue) for issue in told["issues"]),
        heard_prepared(head, pictures) if "processed" in head else None,
        told["seen"],
    )


def _head(picture: Prepared) -> dict[str, Any]:
    return {
        "media_type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
        "processed": len(picture.processed),
        "thumb": len(picture.thumb),
        "likeness": picture.likeness,
        "measured": picture.measured,
    }


def _framed(head: dict[str, Any], picture: Prepared | None) -> bytes:
    written = json.dumps(head).encode()
    pictures = () if picture is None else (picture.processed, picture.thumb)
    return b"".join((struct.pack("<I", len(written)), written, *pictures))
