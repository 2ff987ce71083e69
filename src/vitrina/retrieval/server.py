"""A Qdrant server, through its own client."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from vitrina.retrieval.collections import FILTERED
from vitrina.retrieval.index import Found, Point, RetrievalError, Space, Value, Where, best_first
from vitrina.retrieval.sparse import SparseVector

if TYPE_CHECKING:
    from qdrant_client import models as wire

logger = logging.getLogger(__name__)

VECTOR = "v"
TIMEOUT_SECONDS = 10
BATCH = 200  # points per request: a server refuses bodies above 32 MB


class QdrantServerIndex:
    is_shared = True

    def __init__(self, host: str, port: int, api_key: str | None = None) -> None:
        # Imported here: it costs half a second and 70 MB, and only this adapter needs it.
        from qdrant_client import QdrantClient
        from qdrant_client import models as wire

        self._wire = wire
        url = host if "://" in host else f"http://{host}:{port}"
        self.place = f"the Qdrant server at {url}"
        with warnings.catch_warnings():
            # A key over plain HTTP is the operator's choice of network; it is told once here, in the log.
            warnings.filterwarnings("ignore", message="Api key is used with an insecure connection")
            self._client = QdrantClient(
                url=url, port=port, api_key=api_key, timeout=TIMEOUT_SECONDS, check_compatibility=False
            )
        if api_key and url.startswith("http://"):
            logger.info("The key for %s goes over plain HTTP.", self.place)
        self._known: set[str] = set()

    def ensure(self, space: Space) -> None:
        if space.name in self._known:
            return
        with self._told():
            if not self._client.collection_exists(space.name):
                self._create(space)
        self._known.add(space.name)

    def upsert(self, space: Space, points: Sequence[Point]) -> None:
        with self._told():
            for start in range(0, len(points), BATCH):
                batch = [self._point(point) for point in points[start : start + BATCH]]
                self._client.upsert(space.name, batch, wait=True)

    def delete(self, space: Space, ids: Sequence[int]) -> None:
        if ids:
            with self._told():
                self._client.delete(space.name, self._wire.PointIdsList(points=list(ids)), wait=True)

    def query_sparse(
        self, space: Space, vector: SparseVector, *, limit: int, where: Where | None = None
    ) -> list[Found]:
        if not vector.indices:
            return []
        return self._query(space, self._sparse(vector), limit, where)

    def query_dense(
        self, space: Space, vector: Sequence[float], *, limit: int, where: Where | None = None
    ) -> list[Found]:
        return self._query(space, list(vector), limit, where)

    def payload(self, space: Space, id: int) -> Mapping[str, Value] | None:  # noqa: A002
        with self._told():
            records = self._client.retrieve(space.name, [id], with_payload=True, with_vectors=False)
        return (records[0].payload or {}) if records else None

    def count(self, space: Space) -> int:
        with self._told():
            return self._client.count(space.name, exact=True).count

    def drop(self, space: Space) -> None:
        with self._told():
            self._client.delete_collection(space.name)
        self._known.discard(space.name)

    def close(self) -> None:
        self._client.close()

    def _create(self, space: Space) -> None:
        wire = self._wire
        if space.size:
            dense = {VECTOR: wire.VectorParams(size=space.size, distance=wire.Distance.COSINE)}
            self._client.create_collection(space.name, vectors_config=dense)
        else:
            sparse = {VECTOR: wire.SparseVectorParams(modifier=wire.Modifier.IDF)}
            self._client.create_collection(space.name, vectors_config={}, sparse_vectors_config=sparse)
        for name, kind in FILTERED.items():
            self._client.create_payload_index(space.name, name, wire.PayloadSchemaType(kind))

    def _query(self, space: Space, vector: Any, limit: int, where: Where | None) -> list[Found]:
        with self._told():
            answer = self._client.query_points(
                space.name,
                query=vector,
                using=VECTOR,
                limit=limit,
                query_filter=self._filter(where) if where else None,
                with_payload=True,
            )
        return best_first(Found(int(hit.id), hit.score, hit.payload or {}) for hit in answer.points)

    def _point(self, point: Point) -> wire.PointStruct:
        vector: dict[str, Any] = {}
        if isinstance(point.vector, SparseVector):
            vector[VECTOR] = self._sparse(point.vector)
        elif point.vector is not None:
            vector[VECTOR] = list(point.vector)
        return self._wire.PointStruct(id=point.id, vector=vector, payload=dict(point.payload))

    def _sparse(self, vector: SparseVector) -> wire.SparseVector:
        return self._wire.SparseVector(indices=vector.indices, values=vector.values)

    def _filter(self, where: Where) -> wire.Filter:
        return self._wire.Filter(
            must=[
                self._wire.FieldCondition(key=key, match=self._match(value)) for key, value in where.items()
            ]
        )

    def _match(self, value: Value | Sequence[Value]) -> Any:
        if isinstance(value, Sequence) and not isinstance(value, str):
            return self._wire.MatchAny(any=[*value])
        return self._wire.MatchValue(value=value)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """The client's errors as sentences."""
        from qdrant_client.http.exceptions import ApiException, ResponseHandlingException, UnexpectedResponse

        try:
            yield
        except UnexpectedResponse as error:
            hint = "check QDRANT_API_KEY" if error.status_code in (401, 403) else "see the server's log"
            raise RetrievalError(
                f"{self.place} refused ({error.status_code} {error.reason_phrase}): {hint}. Nothing is lost: "
                "the vectors are made again from the database."
            ) from error
        except (ResponseHandlingException, ApiException) as error:
            raise RetrievalError(
                f"{self.place} cannot be reached ({error}). Check QDRANT_HOST and QDRANT_PORT; "
                "without QDRANT_HOST the embedded engine is used."
            ) from error
