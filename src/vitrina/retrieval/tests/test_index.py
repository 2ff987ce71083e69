"""The contract of the port, over every adapter."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from vitrina.retrieval.edge import EdgeIndex
from vitrina.retrieval.index import Point, RetrievalError, Space, VectorIndex
from vitrina.retrieval.memory import MemoryIndex
from vitrina.retrieval.sparse import encode_document, encode_query
from vitrina.retrieval.tests.qdrant_facade import API_KEY, facade

SPACE = Space(f"test-{uuid.uuid4().hex[:8]}")
DENSE = Space(f"{SPACE.name}.dense", 3)

TITLES = {
    1: ("Платье летнее хлопковое", {"seller": 0, "kind": "a"}),
    2: ("Платье вечернее", {"seller": 7, "kind": "a"}),
    3: ("Кулич пасхальный 100 г", {"seller": 8, "kind": "b"}),
}


@pytest.fixture(params=["memory", "edge", "facade", "server"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    if request.param == "memory":
        yield MemoryIndex()
    elif request.param == "edge":
        edge = EdgeIndex(tmp_path)
        yield edge
        edge.close()
    else:
        pytest.importorskip("qdrant_client")
        from vitrina.retrieval.server import QdrantServerIndex

        if request.param == "facade":
            with facade() as server:
                adapter = QdrantServerIndex("127.0.0.1", server.port, API_KEY)
                yield adapter
                adapter.close()
            return
        url = os.environ.get("VITRINA_TEST_QDRANT_URL")
        if not url:
            pytest.skip("VITRINA_TEST_QDRANT_URL names no Qdrant server")
        adapter = QdrantServerIndex(url, 6333, os.environ.get("VITRINA_TEST_QDRANT_KEY"))
        yield adapter
        adapter.drop(SPACE)
        adapter.drop(DENSE)
        adapter.close()


@pytest.fixture
def filled(index: VectorIndex) -> VectorIndex:
    index.ensure(SPACE)
    points = [Point(pk, encode_document([title]), payload) for pk, (title, payload) in TITLES.items()]
    index.upsert(SPACE, points)
    return index


def test_the_nearest_come_first_with_their_payload(filled: VectorIndex) -> None:
    found = filled.query_sparse(SPACE, encode_query("платья летние"), limit=10)
    assert [one.id for one in found] == [1, 2]
    assert dict(found[0].payload) == {"seller": 0, "kind": "a"}
    assert found[0].score > found[1].score > 0


def test_scores_are_the_same_everywhere(filled: VectorIndex) -> None:
    memory = MemoryIndex()
    memory.ensure(SPACE)
    memory.upsert(SPACE, [Point(pk, encode_document([title])) for pk, (title, _) in TITLES.items()])
    query = encode_query("платье кулич")
    expected = memory.query_sparse(SPACE, query, limit=10)
    found = filled.query_sparse(SPACE, query, limit=10)
    assert [one.id for one in found] == [one.id for one in expected]
    assert [one.score for one in found] == pytest.approx([one.score for one in expected], rel=1e-4)


def test_equal_scores_are_ordered_by_id(index: VectorIndex) -> None:
    index.ensure(SPACE)
    index.upsert(SPACE, [Point(pk, encode_document(["мыло"]), {}) for pk in (5, 3, 9, 1)])
    assert [one.id for one in index.query_sparse(SPACE, encode_query("мыло"), limit=10)] == [1, 3, 5, 9]


def test_a_filter_holds_by_value_and_by_list(filled: VectorIndex) -> None:
    query = encode_query("платье кулич")
    assert [one.id for one in filled.query_sparse(SPACE, query, limit=10, where={"seller": [0, 8]})] == [3, 1]
    assert [
        one.id for one in filled.query_sparse(SPACE, query, limit=10, where={"kind": "a", "seller": 7})
    ] == [2]
    assert filled.query_sparse(SPACE, query, limit=10, where={"kind": "c"}) == []


def test_nothing_in_common_is_no_result(filled: VectorIndex) -> None:
    assert filled.query_sparse(SPACE, encode_query("xyz"), limit=10) == []
    assert filled.query_sparse(SPACE, encode_query("…"), limit=10) == []


def test_a_point_without_a_vector_is_found_by_its_id_alone(filled: VectorIndex) -> None:
    filled.upsert(SPACE, [Point(9, None, {"sequence": 12})])
    assert dict(filled.payload(SPACE, 9) or {}) == {"sequence": 12}
    assert filled.payload(SPACE, 10) is None
    assert filled.count(SPACE) == 4
    assert 9 not in [one.id for one in filled.query_sparse(SPACE, encode_query("платье кулич"), limit=10)]


def test_an_upsert_replaces_and_a_delete_may_be_repeated(filled: VectorIndex) -> None:
    filled.upsert(SPACE, [Point(1, encode_document(["Мыло"]), {"kind": "z"})])
    filled.delete(SPACE, [2, 2, 77])
    filled.delete(SPACE, [2])
    assert filled.query_sparse(SPACE, encode_query("платье"), limit=10) == []
    assert [one.id for one in filled.query_sparse(SPACE, encode_query("мыло"), limit=10)] == [1]
    assert filled.count(SPACE) == 2


def test_a_dropped_space_starts_empty(filled: VectorIndex) -> None:
    filled.drop(SPACE)
    filled.drop(SPACE)
    filled.ensure(SPACE)
    assert filled.count(SPACE) == 0


def test_dense_vectors_are_compared_by_cosine(index: VectorIndex) -> None:
    index.ensure(DENSE)
    index.upsert(DENSE, [Point(1, [1.0, 0.0, 0.0], {"seller": 0}), Point(2, [0.0, 5.0, 0.0], {"seller": 1})])
    found = index.query_dense(DENSE, [0.1, 1.0, 0.0], limit=5)
    assert [one.id for one in found] == [2, 1]
    assert found[0].score == pytest.approx(0.995, abs=1e-3)
    assert [one.id for one in index.query_dense(DENSE, [0.1, 1.0, 0.0], limit=5, where={"seller": 0})] == [1]


def test_eight_threads_write_and_ask_at_once(index: VectorIndex) -> None:
    index.ensure(SPACE)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for place in range(5):
                pk = 1 + number * 5 + place
                index.upsert(SPACE, [Point(pk, encode_document([f"платье номер {pk}"]), {"seller": number})])
                assert index.query_sparse(SPACE, encode_query("платье"), limit=3)
        except BaseException as error:  # noqa: BLE001 - told to the main thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert index.count(SPACE) == 40


def test_a_wrong_key_is_told_in_words() -> None:
    pytest.importorskip("qdrant_client")
    from vitrina.retrieval.server import QdrantServerIndex

    with facade() as server:
        index = QdrantServerIndex("127.0.0.1", server.port, "wrong")
        with pytest.raises(RetrievalError, match="check QDRANT_API_KEY"):
            index.ensure(SPACE)
        index.close()


def test_a_server_that_is_not_there_is_told_in_words() -> None:
    pytest.importorskip("qdrant_client")
    from vitrina.retrieval.server import QdrantServerIndex

    with facade() as server:
        port = server.port
    index = QdrantServerIndex("127.0.0.1", port)
    with pytest.raises(RetrievalError, match="cannot be reached"):
        index.count(SPACE)
    index.close()
