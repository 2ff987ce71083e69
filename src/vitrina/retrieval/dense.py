"""Embeddings beside the sparse vectors, when a route for them is set: paid for once, kept in rows."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Mapping, Sequence

from vitrina.retrieval.index import Point, Space, Value, VectorIndex
from vitrina.retrieval.models import Document, DocumentVector


def space_of(collection: str, model: str, size: int) -> Space:
    """One space per model and dimension: vectors of two models are never compared."""
    slug = re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")
    digest = hashlib.sha256(model.encode()).hexdigest()[:8]
    return Space(f"{collection}.dense.{slug[:40]}-{digest}-{size}", size)


def known_spaces(collection: str) -> list[Space]:
    """The spaces that documents of this collection have vectors for. Costs one query."""
    rows = (
        DocumentVector.objects.filter(document__collection=collection)
        .order_by()
        .values_list("model", "size")
        .distinct()
    )
    return [space_of(collection, model, size) for model, size in rows]


def follow(
    index: VectorIndex,
    collection: str,
    documents: Sequence[Document],
    payloads: Mapping[int, Mapping[str, Value]],
) -> None:
    """Bring the dense spaces to where these documents are; `payloads` by row, of those that were not removed."""
    points: dict[Space, list[Point]] = {}
    gone: dict[Space, list[int]] = {}
    for row in DocumentVector.objects.filter(document__in=documents).select_related("document"):
        space = space_of(collection, row.model, row.size)
        payload = payloads.get(row.document_id)
        # A vector of an earlier text is no vector of this one.
        if payload is None or row.document.embedded_by != row.model:
            gone.setdefault(space, []).append(row.document_id)
        else:
            points.setdefault(space, []).append(Point(row.document_id, unpack(bytes(row.vector)), payload))
    for space in {*points, *gone}:
        index.ensure(space)
        index.delete(space, gone.get(space, []))
        index.upsert(space, points.get(space, []))


def drop(index: VectorIndex, collection: str) -> None:
    for space in known_spaces(collection):
        index.drop(space)


def pack(vector: Sequence[float]) -> bytes:
    return struct.pack(f"<{len(vector)}f", *vector)


def unpack(stored: bytes) -> list[float]:
    return list(struct.unpack(f"<{len(stored) // 4}f", stored))
