"""The port to a vector index, and the one that this installation uses.

Contract (one suite runs over every adapter):
- a point without a vector is found by `payload` alone, never by a query;
- results come best first, equal scores by id; a point that shares no feature with the query is not a result;
- every method may be called from many threads; `upsert` and `delete` may be repeated without harm.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings

from vitrina.retrieval.sparse import SparseVector

# No booleans: the embedded engine's binding takes True for 1 in a filter and then finds nothing.
Value = str | int
# Each key must equal the value, or one of the values.
Where = Mapping[str, Value | Sequence[Value]]


class RetrievalError(Exception):
    """The index cannot answer. The message is a sentence for the operator: what happened and what to do."""


@dataclass(frozen=True, slots=True)
class Space:
    """One set of points. `size` 0: sparse vectors; else dense ones of that many dimensions, compared by cosine."""

    name: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    id: int
    vector: SparseVector | Sequence[float] | None
    payload: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    id: int
    score: float
    payload: Mapping[str, Value]


class VectorIndex(Protocol):
    # Shared by several processes (a server): they take turns at bringing it up to date.
    is_shared: bool
    place: str  # where it is, in words for the operator

    def ensure(self, space: Space) -> None:
        """Make the space unless it is there."""

    def upsert(self, space: Space, points: Sequence[Point]) -> None: ...

    def delete(self, space: Space, ids: Sequence[int]) -> None: ...

    def query_sparse(
        self, space: Space, vector: SparseVector, *, limit: int, where: Where | None = None
    ) -> list[Found]: ...

    def query_dense(
        self, space: Space, vector: Sequence[float], *, limit: int, where: Where | None = None
    ) -> list[Found]: ...

    def payload(self, space: Space, id: int) -> Mapping[str, Value] | None:  # noqa: A002
        """The payload of one point; None when it is not there."""

    def count(self, space: Space) -> int:
        """All points, those without a vector too."""

    def drop(self, space: Space) -> None:
        """Take the space away with all its points; nothing happens when it is not there."""

    def close(self) -> None: ...


_opened: VectorIndex | None = None
_opening = threading.Lock()


def opened() -> VectorIndex:
    """The index of this process, opened on first use."""
    global _opened
    if _opened is None:
        with _opening:
            if _opened is None:
                _opened = _open()
    return _opened


def use(index: VectorIndex | None) -> VectorIndex | None:
    """Put another index in place (tests, benches); returns the former one, not closed."""
    global _opened
    with _opening:
        former, _opened = _opened, index
    return former


def _open() -> VectorIndex:
    # Imported here: each adapter brings its own library.
    if settings.VECTOR_INDEX == "memory":
        from vitrina.retrieval.memory import MemoryIndex

        return MemoryIndex()
    if settings.QDRANT_HOST:
        from vitrina.retrieval.server import QdrantServerIndex

        return QdrantServerIndex(settings.QDRANT_HOST, settings.QDRANT_PORT, settings.QDRANT_API_KEY)
    from vitrina.retrieval.edge import EdgeIndex

    return EdgeIndex(settings.DATA_DIR / "vectors")


def plain(values: Mapping[str, Value | Sequence[Value]]) -> dict[str, Any]:
    """The same with 1 and 0 for booleans."""
    return {key: int(value) if isinstance(value, bool) else value for key, value in values.items()}


def best_first(found: Iterable[Found]) -> list[Found]:
    return sorted(found, key=lambda one: (-one.score, one.id))


def matches(payload: Mapping[str, Value], where: Where) -> bool:
    for key, wanted in where.items():
        values = wanted if isinstance(wanted, Sequence) and not isinstance(wanted, str) else [wanted]
        if payload.get(key) not in values:
            return False
    return True
