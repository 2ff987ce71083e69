"""The index in plain Python: for tests, and for platforms without a wheel of the engine. Fine to about 3 000 points."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vitrina.retrieval.index import Found, Point, Space, Value, Where, best_first, matches
from vitrina.retrieval.sparse import SparseVector


@dataclass(slots=True)
class _Stored:
    points: dict[int, Point] = field(default_factory=dict)
    postings: dict[int, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    with_vector: int = 0


class MemoryIndex:
    is_shared = False
    place = "memory of this process"

    def __init__(self) -> None:
        self._spaces: dict[str, _Stored] = {}
        self._lock = threading.RLock()

    def ensure(self, space: Space) -> None:
        with self._lock:
            self._spaces.setdefault(space.name, _Stored())

    def upsert(self, space: Space, points: Sequence[Point]) -> None:
        with self._lock:
            stored = self._spaces[space.name]
            for point in points:
                self._take_out(stored, point.id)
                stored.points[point.id] = point
                if point.vector is not None:
                    stored.with_vector += 1
                if isinstance(point.vector, SparseVector):
                    for index, value in zip(point.vector.indices, point.vector.values, strict=True):
                        stored.postings[index][point.id] = value

    def delete(self, space: Space, ids: Sequence[int]) -> None:
        with self._lock:
            for one in ids:
                self._take_out(self._spaces[space.name], one)

    def query_sparse(
        self, space: Space, vector: SparseVector, *, limit: int, where: Where | None = None
    ) -> list[Found]:
        with self._lock:
            stored = self._spaces[space.name]
            scores: dict[int, float] = defaultdict(float)
            for index, value in zip(vector.indices, vector.values, strict=True):
                holders = stored.postings.get(index)
                if holders:
                    # The engine's formula, so that scores are comparable.
                    idf = math.log(1 + (stored.with_vector - len(holders) + 0.5) / (len(holders) + 0.5))
                    for one, weight in holders.items():
                        scores[one] += value * idf * weight
            return self._best(stored, scores, limit, where)

    def query_dense(
        self, space: Space, vector: Sequence[float], *, limit: int, where: Where | None = None
    ) -> list[Found]:
        with self._lock:
            stored = self._spaces[space.name]
            scores = {
                one: _cosine(vector, point.vector)
                for one, point in stored.points.items()
                if point.vector is not None and not isinstance(point.vector, SparseVector)
            }
            return self._best(stored, scores, limit, where)

    def payload(self, space: Space, id: int) -> Mapping[str, Value] | None:  # noqa: A002
        with self._lock:
            point = self._spaces[space.name].points.get(id)
            return point.payload if point else None

    def count(self, space: Space) -> int:
        with self._lock:
            return len(self._spaces[space.name].points)

    def drop(self, space: Space) -> None:
        with self._lock:
            self._spaces.pop(space.name, None)

    def close(self) -> None:
        """Nothing is held outside of memory."""

    @staticmethod
    def _take_out(stored: _Stored, one: int) -> None:
        point = stored.points.pop(one, None)
        if point is None or point.vector is None:
            return
        stored.with_vector -= 1
        if isinstance(point.vector, SparseVector):
            for index in point.vector.indices:
                stored.postings[index].pop(one, None)
                if not stored.postings[index]:
                    del stored.postings[index]

    @staticmethod
    def _best(stored: _Stored, scores: Mapping[int, float], limit: int, where: Where | None) -> list[Found]:
        found = best_first(
            Found(one, score, stored.points[one].payload)
            for one, score in scores.items()
            if where is None or matches(stored.points[one].payload, where)
        )
        return found[:limit]


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    product = sum(a * b for a, b in zip(one, other, strict=True))
    lengths = math.hypot(*one) * math.hypot(*other)
    return product / lengths if lengths else 0.0
