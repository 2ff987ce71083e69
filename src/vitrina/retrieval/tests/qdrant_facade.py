"""A loopback server that speaks as much of Qdrant's REST as the adapter uses; the vectors are a MemoryIndex.

Bodies are parsed by the client's own generated models, so that a request the real server would refuse is refused.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from qdrant_client import models as wire

from vitrina.retrieval.index import Point, Space
from vitrina.retrieval.memory import MemoryIndex
from vitrina.retrieval.sparse import SparseVector

API_KEY = "facade-key"


class Facade(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.index = MemoryIndex()
        self.spaces: dict[str, Space] = {}
        self.requests: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextmanager
def facade() -> Iterator[Facade]:
    server = Facade()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Facade
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 - the base class calls them so

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        path = self.path.partition("?")[0]
        self.server.requests.append(f"{self.command} {path}")
        if self.headers.get("api-key") != API_KEY:
            self._send(403, {"status": {"error": "forbidden"}})
            return
        for method, pattern, handle in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method == self.command:
                result = handle(self.server, body, **match.groupdict())
                if result is MISSING:
                    self._send(404, {"status": {"error": "Not found"}})
                else:
                    self._send(200, {"result": result, "status": "ok", "time": 0.0})
                return
        self._send(404, {"status": {"error": f"no route {self.command} {path}"}})

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        payload = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


MISSING = object()


def _exists(server: Facade, body: Any, name: str) -> Any:
    return {"exists": name in server.spaces}


def _create(server: Facade, body: Any, name: str) -> Any:
    asked = wire.CreateCollection.model_validate(body)
    if asked.sparse_vectors:
        assert asked.sparse_vectors["v"].modifier == wire.Modifier.IDF
        server.spaces[name] = Space(name)
    else:
        assert isinstance(asked.vectors, dict)
        server.spaces[name] = Space(name, asked.vectors["v"].size)
    server.index.ensure(server.spaces[name])
    return True


def _drop(server: Facade, body: Any, name: str) -> Any:
    space = server.spaces.pop(name, None)
    if space:
        server.index.drop(space)
    return space is not None


def _index(server: Facade, body: Any, name: str) -> Any:
    wire.CreateFieldIndex.model_validate(body)
    return {"operation_id": 0, "status": "completed"}


def _upsert(server: Facade, body: Any, name: str) -> Any:
    points = wire.PointsList.model_validate(body).points
    server.index.upsert(server.spaces[name], [_point(one) for one in points])
    return {"operation_id": 1, "status": "completed"}


def _point(given: wire.PointStruct) -> Point:
    vector = given.vector.get("v") if isinstance(given.vector, dict) else None
    if isinstance(vector, wire.SparseVector):
        return Point(int(given.id), SparseVector(vector.indices, vector.values), given.payload or {})
    return Point(int(given.id), vector, given.payload or {})


def _delete(server: Facade, body: Any, name: str) -> Any:
    asked = wire.PointIdsList.model_validate(body)
    server.index.delete(server.spaces[name], [int(one) for one in asked.points])
    return {"operation_id": 2, "status": "completed"}


def _retrieve(server: Facade, body: Any, name: str) -> Any:
    asked = wire.PointRequest.model_validate(body)
    space = server.spaces[name]
    found = [(one, server.index.payload(space, int(one))) for one in asked.ids]
    return [{"id": one, "payload": payload} for one, payload in found if payload is not None]


def _count(server: Facade, body: Any, name: str) -> Any:
    wire.CountRequest.model_validate(body)
    return {"count": server.index.count(server.spaces[name])}


def _query(server: Facade, body: Any, name: str) -> Any:
    asked = wire.QueryRequest.model_validate(body)
    assert asked.using == "v"
    limit = asked.limit or 10
    where = _where(asked.filter)
    query = body["query"].get("nearest", body["query"]) if isinstance(body["query"], dict) else body["query"]
    space = server.spaces[name]
    if isinstance(query, dict):
        vector = SparseVector(query["indices"], query["values"])
        found = server.index.query_sparse(space, vector, limit=limit, where=where)
    else:
        found = server.index.query_dense(space, query, limit=limit, where=where)
    # The real server promises no order among equals.
    found = sorted(found, key=lambda one: (-one.score, -one.id))
    return {
        "points": [
            {"id": one.id, "version": 0, "score": one.score, "payload": dict(one.payload)} for one in found
        ]
    }


def _where(given: wire.Filter | None) -> dict[str, Any]:
    where: dict[str, Any] = {}
    for condition in (given.must if given else None) or []:
        assert isinstance(condition, wire.FieldCondition)
        match = condition.match
        where[condition.key] = match.any if isinstance(match, wire.MatchAny) else match.value
    return where


ROUTES = [
    ("GET", r"/collections/(?P<name>[^/]+)/exists", _exists),
    ("PUT", r"/collections/(?P<name>[^/]+)", _create),
    ("DELETE", r"/collections/(?P<name>[^/]+)", _drop),
    ("PUT", r"/collections/(?P<name>[^/]+)/index", _index),
    ("PUT", r"/collections/(?P<name>[^/]+)/points", _upsert),
    ("POST", r"/collections/(?P<name>[^/]+)/points/delete", _delete),
    ("POST", r"/collections/(?P<name>[^/]+)/points", _retrieve),
    ("POST", r"/collections/(?P<name>[^/]+)/points/count", _count),
    ("POST", r"/collections/(?P<name>[^/]+)/points/query", _query),
]
