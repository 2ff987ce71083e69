"""The pictures of the sample's feed are drawn when they are asked for, in a process beside."""

from __future__ import annotations

from vitrina.lib import apart

HOST = "mayak-opt.example"


def make(url: str) -> bytes:
    """JPEG. LookupError for an address that is none of the feed's."""
    from vitrina.enrichment.sample.pictures.drawn import picture  # a start needs no Pillow

    return apart.compute(picture, url)[0]
