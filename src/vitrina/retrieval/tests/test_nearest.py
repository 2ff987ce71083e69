"""Rows in, hits out: the index follows the rows, whatever happens to either."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from vitrina.accounts.models import Seller
from vitrina.engine.embed import Embeddings
from vitrina.engine.errors import NoAnswer
from vitrina.retrieval import catching_up, embedding
from vitrina.retrieval import index as indexes
from vitrina.retrieval import nearest as search
from vitrina.retrieval.collections import CATEGORIES
from vitrina.retrieval.documents import NewDocument, put, put_many, remove
from vitrina.retrieval.edge import EdgeIndex
from vitrina.retrieval.memory import MemoryIndex
from vitrina.retrieval.models import CollectionState, Document
from vitrina.retrieval.nearest import nearest, nearest_groups
from vitrina.retrieval.sparse import encode_document
from vitrina.retrieval.tests.qdrant_facade import API_KEY, facade


@pytest.fixture(params=["memory", "edge", "facade"], autouse=True)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    if request.param == "memory":
        used: indexes.VectorIndex = MemoryIndex()
        former = indexes.use(used)
        yield
    elif request.param == "edge":
        used = EdgeIndex(tmp_path)
        former = indexes.use(used)
        yield
    else:
        pytest.importorskip("qdrant_client")
        from vitrina.retrieval.server import QdrantServerIndex

        with facade() as server:
            used = QdrantServerIndex("127.0.0.1", server.port, API_KEY)
            former = indexes.use(used)
            yield
    indexes.use(former)
    used.close()


def keys(text: str, seller_id: int | None = None, **more: object) -> list[str]:
    return [hit.key for hit in nearest(CATEGORIES, text, seller_id=seller_id, **more)]  # type: ignore[arg-type]


@pytest.mark.django_db
def test_what_was_put_is_found_at_once_and_what_was_removed_is_not() -> None:
    assert keys("платье") == []
    put(CATEGORIES, "1", "Платья", payload={"leaf": True})
    put(CATEGORIES, "2", "Мыло")
    assert keys("платья летние") == ["1"]
    assert nearest(CATEGORIES, "платья", seller_id=None)[0].payload == {"leaf": 1}
    assert keys("платье", where={"leaf": True}) == ["1"]
    put(CATEGORIES, "1", "Кружки")
    assert keys("платье") == []
    assert keys("кружка") == ["1"]
    assert remove(CATEGORIES, ["1", "none"]) == 1
    assert keys("кружка") == []
    put(CATEGORIES, "1", "Кружки")
    assert keys("кружка") == ["1"]


@pytest.mark.django_db
def test_a_seller_finds_its_own_and_the_shared_never_anothers(seller: Seller, other_seller: Seller) -> None:
    put(CATEGORIES, "shared", "Платье общее")
    put(CATEGORIES, "mine", "Платье моё", seller_id=seller.pk, group="g")
    put(CATEGORIES, "theirs", "Платье синхрофазотрон", seller_id=other_seller.pk, group="g")
    assert set(keys("платье синхрофазотрон", seller.pk)) == {"shared", "mine"}
    assert set(keys("платье", other_seller.pk)) == {"shared", "theirs"}
    assert keys("платье") == ["shared"]
    # Whatever the caller asks for.
    assert set(keys("платье", seller.pk, where={"seller": other_seller.pk})) == {"shared", "mine"}
    put(CATEGORIES, "g", "Одежда", group="g")
    assert nearest_groups(CATEGORIES, "синхрофазотрон", seller_id=seller.pk) == []
    assert [
        hit.members for hit in nearest_groups(CATEGORIES, "синхрофазотрон", seller_id=other_seller.pk)
    ] == [1]


@pytest.mark.django_db
def test_a_group_is_searched_by_all_its_texts_and_carries_its_heads_payload(seller: Seller) -> None:
    put(CATEGORIES, "10", "Выпечка", payload={"is_leaf": True}, group="10")
    put(CATEGORIES, "20", "Мыло", payload={"is_leaf": True}, group="20")
    assert nearest_groups(CATEGORIES, "кулич", seller_id=seller.pk) == []
    put(CATEGORIES, "product:1", "Кулич пасхальный", seller_id=seller.pk, group="10")
    found = nearest_groups(CATEGORIES, "куличи", seller_id=seller.pk)
    assert [(hit.name, hit.members, hit.payload) for hit in found] == [("10", 1, {"is_leaf": 1})]
    assert nearest_groups(CATEGORIES, "куличи", seller_id=None) == []
    # The head's change reaches the seller's view of the group.
    put(CATEGORIES, "10", "Хлеб и выпечка", payload={"is_leaf": False}, group="10")
    assert [hit.payload for hit in nearest_groups(CATEGORIES, "кулич", seller_id=seller.pk)] == [
        {"is_leaf": 0}
    ]
    # Moved to another group, it counts there alone.
    put(CATEGORIES, "product:1", "Кулич пасхальный", seller_id=seller.pk, group="20")
    assert [hit.name for hit in nearest_groups(CATEGORIES, "кулич", seller_id=seller.pk)] == ["20"]
    remove(CATEGORIES, ["product:1"])
    assert nearest_groups(CATEGORIES, "кулич", seller_id=seller.pk) == []


@pytest.mark.django_db
def test_unchanged_documents_are_left_alone() -> None:
    documents = [NewDocument(str(number), f"Товар {number}") for number in range(1_200)]
    assert put_many(CATEGORIES, documents) == 1_200
    assert put_many(CATEGORIES, documents) == 0
    assert catching_up.check(CATEGORIES).documents == 1_200


@pytest.mark.django_db
def test_a_rolled_back_change_is_not_found() -> None:
    put(CATEGORIES, "1", "Платье")
    assert keys("платье") == ["1"]

    with transaction.atomic():
        put(CATEGORIES, "2", "Платье второе")
        assert set(keys("платье")) == {"1", "2"}
        transaction.set_rollback(True)
    put(CATEGORIES, "3", "Платье третье")
    assert set(keys("платье")) == {"1", "3"}


@pytest.mark.django_db
def test_an_index_of_another_database_starts_anew() -> None:
    put(CATEGORIES, "1", "Платье")
    assert keys("платье") == ["1"]
    Document.objects.all().delete()
    CollectionState.objects.all().delete()
    assert keys("платье") == []
    put(CATEGORIES, "2", "Платье")
    assert keys("платье") == ["2"]


@pytest.mark.django_db
def test_an_older_database_put_back_makes_the_index_anew() -> None:
    put(CATEGORIES, "1", "Платье")
    assert keys("платье") == ["1"]
    before = CollectionState.objects.get().last_sequence
    put(CATEGORIES, "2", "Платье")
    assert keys("платье") == ["1", "2"]
    Document.objects.filter(key="2").delete()
    CollectionState.objects.update(last_sequence=before)
    assert keys("платье") == ["1"]


@pytest.mark.django_db
def test_another_encoding_makes_the_index_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    put(CATEGORIES, "1", "Платье")
    assert keys("платье") == ["1"]
    monkeypatch.setattr(catching_up, "ENCODING", 99)
    catching_up._followers.clear()
    monkeypatch.setattr(
        catching_up, "encode_document", lambda texts: encode_document(["мыло" for _ in texts])
    )
    assert keys("платье") == []
    assert keys("мыло") == ["1"]


@pytest.mark.django_db
def test_a_new_process_goes_on_where_the_index_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    put(CATEGORIES, "1", "Платье")
    put(CATEGORIES, "2", "Мыло")
    assert keys("платье") == ["1"]
    put(CATEGORIES, "3", "Платье тёплое")
    catching_up._followers.clear()  # as a new process would begin
    encoded: list[str] = []
    encode = catching_up.encode_document
    monkeypatch.setattr(
        catching_up, "encode_document", lambda texts: (encoded.extend(texts), encode(texts))[1]
    )
    assert keys("платье") == ["1", "3"]
    assert encoded == ["Платье тёплое"]


@pytest.mark.django_db
def test_lost_points_are_noticed_at_the_start(caplog: pytest.LogCaptureFixture) -> None:
    put_many(CATEGORIES, [NewDocument(str(number), f"Платье {number}") for number in range(3)])
    assert len(keys("платье")) == 3
    lost = Document.objects.get(key="1")
    indexes.opened().delete(catching_up.items_space(CATEGORIES), [lost.pk])
    catching_up._followers.clear()
    assert len(keys("платье")) == 3
    assert "holds 2 points for 3 rows" in caplog.text


@pytest.mark.django_db
def test_init_qdrant_says_what_is_there_and_rebuilds_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    put(CATEGORIES, "1", "Платье", group="1")
    call_command("init_qdrant")
    call_command("init_qdrant", "--rebuild")
    assert capsys.readouterr().out.count("categories: 1 documents, 1 groups") == 2
    assert keys("платье") == ["1"]


@pytest.mark.django_db(transaction=True)
def test_threads_find_what_they_just_wrote() -> None:
    put(CATEGORIES, "first", "Первый")
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for place in range(3):
                key = f"{number}-{place}"
                put(CATEGORIES, key, f"слово{number}х{place}", group=key)
                assert key in keys(f"слово{number}х{place}")
                assert nearest_groups(CATEGORIES, f"слово{number}х{place}", seller_id=None)[0].name == key
        except BaseException as error:  # noqa: BLE001 - told to the main thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert catching_up.check(CATEGORIES).documents == 25


VECTORS = {"обувь": [1.0, 0.0], "лоферы": [0.9, 0.1], "мыло": [0.0, 1.0]}


def fake_embed(texts: list[str], *, context: object) -> Embeddings:
    return Embeddings("test:tiny", [VECTORS[text.lower()] for text in texts])


@pytest.mark.django_db
def test_embeddings_find_what_words_cannot(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put(CATEGORIES, "1", "Обувь", group="1", payload={"is_leaf": True})
    put(CATEGORIES, "2", "Мыло", group="2", payload={"is_leaf": True})
    assert keys("лоферы") == []
    monkeypatch.setattr(embedding, "embed", fake_embed)
    monkeypatch.setattr(search, "embed", fake_embed)
    assert embedding.embed_pending(CATEGORIES) == 2
    assert embedding.embed_pending(CATEGORIES) == 0
    assert keys("лоферы") == ["1", "2"]
    groups = nearest_groups(CATEGORIES, "лоферы", seller_id=None, where={"is_leaf": True})
    assert [(hit.name, hit.score) for hit in groups] == [("1", 0.0), ("2", 0.0)]
    assert nearest_groups(CATEGORIES, "лоферы", seller_id=None, where={"is_leaf": False}) == []
    # Kept through a rebuild without paying again.
    monkeypatch.setattr(embedding, "embed", None)
    catching_up.rebuild(CATEGORIES)
    assert keys("лоферы") == ["1", "2"]
    # A changed text has no vector until it is embedded again.
    put(CATEGORIES, "1", "Мыло", group="1")
    assert keys("лоферы") == ["2"]

    def fails(texts: list[str], *, context: object) -> Embeddings:
        raise NoAnswer("The server is down.")

    monkeypatch.setattr(search, "embed", fails)
    assert keys("мыло") == ["1", "2"]
    assert "Searched by words alone" in caplog.text
