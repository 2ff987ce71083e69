"""The embedded engine: Qdrant's own, in this process, one folder per process that runs at the same time.

    <root>/0/lock                 held by the first process for as long as it lives
    <root>/0/spaces/<space>/      one shard each
    <root>/1/…                    a second process that runs beside it: its own copy, brought up to date from the rows

The engine lets only one process open a shard, and its write-ahead log makes a killed process lose nothing that it
was told is written. Pinned to one version: its vendor calls it beta.
"""

from __future__ import annotations

import logging
import shutil
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

import qdrant_edge as engine

from vitrina.retrieval.collections import FILTERED
from vitrina.retrieval.index import Found, Point, RetrievalError, Space, Value, Where, best_first
from vitrina.retrieval.sparse import SparseVector

logger = logging.getLogger(__name__)

MAX_PROCESSES = 64
VECTOR = "v"
# Per space. More than there are processors only wait for one another, awake: that alone cost a run 1 ms of CPU.
SEARCH_THREADS = 1
_FIELD_KINDS = {
    "integer": engine.PayloadSchemaType.Integer,
    "keyword": engine.PayloadSchemaType.Keyword,
}


class EdgeIndex:
    is_shared = False

    def __init__(self, root: Path) -> None:
        self._folder, self._held = _take_folder(root)
        self.place = str(self._folder)
        self._shards: dict[str, engine.EdgeShard] = {}
        self._lock = threading.Lock()

    def ensure(self, space: Space) -> None:
        with self._lock:
            if space.name in self._shards:
                return
            shard = _load_or_create(self._path(space), _config(space))
            for name, kind in FILTERED.items():
                shard.update(engine.UpdateOperation.create_field_index(name, _FIELD_KINDS[kind]))
            self._shards[space.name] = shard

    def upsert(self, space: Space, points: Sequence[Point]) -> None:
        if points:
            shard = self._shard(space)
            shard.update(engine.UpdateOperation.upsert_points([_point(point) for point in points]))

    def delete(self, space: Space, ids: Sequence[int]) -> None:
        if ids:
            self._shard(space).update(engine.UpdateOperation.delete_points(list(ids)))

    def query_sparse(
        self, space: Space, vector: SparseVector, *, limit: int, where: Where | None = None
    ) -> list[Found]:
        if not vector.indices:
            return []
        return self._query(space, engine.SparseVector(vector.indices, vector.values), limit, where)

    def query_dense(
        self, space: Space, vector: Sequence[float], *, limit: int, where: Where | None = None
    ) -> list[Found]:
        return self._query(space, list(vector), limit, where)

    def payload(self, space: Space, id: int) -> Mapping[str, Value] | None:  # noqa: A002
        records = self._shard(space).retrieve([id], True, False)
        return (records[0].payload or {}) if records else None

    def count(self, space: Space) -> int:
        return int(self._shard(space).count(engine.CountRequest(exact=True)))

    def drop(self, space: Space) -> None:
        with self._lock:
            shard = self._shards.pop(space.name, None)
            if shard is not None:
                shard.close()
            shutil.rmtree(self._path(space), ignore_errors=True)

    def close(self) -> None:
        with self._lock:
            for shard in self._shards.values():
                shard.close()
            self._shards.clear()
        self._held.close()

    def _query(self, space: Space, vector: Any, limit: int, where: Where | None) -> list[Found]:
        hits = self._shard(space).query(
            engine.QueryRequest(
                limit=limit,
                query=engine.Query.Nearest(vector, using=VECTOR),
                filter=_filter(where) if where else None,
                with_payload=True,
            )
        )
        return best_first(Found(int(hit.id), float(hit.score), hit.payload or {}) for hit in hits)

    def _shard(self, space: Space) -> engine.EdgeShard:
        try:
            return self._shards[space.name]
        except KeyError:
            raise RetrievalError(
                f"The vector space «{space.name}» is not open. Run `vitrina init_qdrant`."
            ) from None

    def _path(self, space: Space) -> Path:
        return self._folder / "spaces" / space.name


def _take_folder(root: Path) -> tuple[Path, IO[bytes]]:
    """The first folder that no living process holds; the lock ends with the process, however it ends."""
    for number in range(MAX_PROCESSES):
        folder = root / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        held = (folder / "lock").open("ab")
        if _lock(held):
            if number:
                logger.info(
                    "Another process holds the vector index; this one keeps a copy of its own in %s.", folder
                )
            return folder, held
        held.close()
    raise RetrievalError(
        f"{MAX_PROCESSES} processes hold a vector index in {root}. Stop some of them, or set QDRANT_HOST "
        "so that all share one Qdrant server."
    )


def _lock(held: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _load_or_create(path: Path, config: engine.EdgeConfig) -> engine.EdgeShard:
    """What a process that was killed while making it left half done is thrown away: it is derived."""
    if path.exists():
        try:
            return engine.EdgeShard.load(str(path), config)
        except Exception as error:  # noqa: BLE001 - the engine raises bare Exception
            logger.warning("The vector shard in %s cannot be opened and is made anew: %s", path, error)
            shutil.rmtree(path)
    path.mkdir(parents=True)
    return engine.EdgeShard.create(str(path), config)


def _config(space: Space) -> engine.EdgeConfig:
    if space.size:
        dense = engine.EdgeVectorParams(size=space.size, distance=engine.Distance.Cosine)
        return engine.EdgeConfig(vectors={VECTOR: dense}, max_search_threads=SEARCH_THREADS)
    return engine.EdgeConfig(
        sparse_vectors={VECTOR: engine.EdgeSparseVectorParams(modifier=engine.Modifier.Idf)},
        max_search_threads=SEARCH_THREADS,
    )


def _point(point: Point) -> engine.Point:
    vector: dict[str, Any] = {}
    if isinstance(point.vector, SparseVector):
        vector[VECTOR] = engine.SparseVector(point.vector.indices, point.vector.values)
    elif point.vector is not None:
        vector[VECTOR] = list(point.vector)
    return engine.Point(point.id, vector, dict(point.payload))


def _filter(where: Where) -> engine.Filter:
    return engine.Filter(
        must=[engine.FieldCondition(key=key, match=_match(value)) for key, value in where.items()]
    )


def _match(value: Value | Sequence[Value]) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        # One list is of strings or of numbers, never both; the engine's type says so and ours cannot.
        return engine.MatchAny(cast(list[str], [*value]))
    return engine.MatchValue(value)
