"""What is started beside something that runs already, and what loses its database under way."""

from __future__ import annotations

import re
import signal
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.studio import Studio, free_port, status_of
from vitrina.jobs.tests.conftest import server
from vitrina.jobs.tests.installation import PostgresStore, SqliteStore, Store

FEED_ROWS = 60
DONE = "SELECT count(*) FROM enrichment_processinglog WHERE status IN ('completed', 'moderation')"


def a_feed(folder: Path) -> Path:
    rows = (
        f"own-{n};Кружка керамическая М-{n};Кружка белая, высота 12 см, вес 350 г, модель {n}.;990"
        for n in range(FEED_ROWS)
    )
    path = folder / "own.csv"
    path.write_text("\n".join(["id;название;описание;цена", *rows]), encoding="utf-8")
    return path


@pytest.fixture
def postgres() -> Iterator[PostgresStore]:
    url = server("VITRINA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    store = PostgresStore(url, f"vitrina_beside_{uuid.uuid4().hex[:8]}")
    yield store
    store.drop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "postgres":
        found: Store = request.getfixturevalue("postgres")
        return found
    return SqliteStore(tmp_path)


@pytest.fixture
def studio(store: Store, tmp_path: Path) -> Iterator[Studio]:
    studio = Studio(tmp_path, store)
    yield studio
    studio.close()


@pytest.fixture
def on_postgres(postgres: PostgresStore, tmp_path: Path) -> Iterator[Studio]:
    """With its tables made. A test may close the database down."""
    studio = Studio(tmp_path, postgres)
    try:
        studio.run("migrate", "--verbosity", "0")
        yield studio
    finally:
        postgres.open_up()
        studio.close()


def once_each(studio: Studio) -> bool:
    counted = "SELECT count(*), count(DISTINCT product_id) FROM enrichment_processinglog"
    products = studio.store.rows("SELECT count(*) FROM catalog_product")[0][0]
    applied = (
        "SELECT count(*), count(DISTINCT object_id) FROM accounts_auditentry WHERE action = 'product.apply'"
    )
    applies, different = studio.store.rows(applied)[0]
    return studio.store.rows(counted) == [(products, products)] and applies == different


def test_a_feed_is_enriched_beside_a_studio_that_works_itself(studio: Studio, tmp_path: Path) -> None:
    """Both have workers; each product is done once, by whichever takes it."""
    port = free_port()
    process = studio.start("up", "--port", str(port), "--no-sample")
    studio.wait_for(lambda: status_of(f"http://127.0.0.1:{port}/health/ready") == 200, 60)
    studio.run("enrich", str(a_feed(tmp_path)), "--out", str(tmp_path / "cards.csv"), "--threads", "4")
    told = (tmp_path / "cards.csv", tmp_path / "cards.csv.report.csv")
    ids = set(re.findall(r"own-\d+", "".join(path.read_text(encoding="utf-8") for path in told)))
    assert len(ids) == FEED_ROWS
    assert studio.store.rows(DONE) == [(FEED_ROWS,)]
    assert once_each(studio)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert "Traceback" not in studio.said()


def test_two_studios_that_start_at_once_on_an_empty_database_share_it(studio: Studio, tmp_path: Path) -> None:
    ports = free_port(), free_port()
    processes = [studio.start("up", "--port", str(port)) for port in ports]
    for port in ports:
        studio.wait_for(lambda port=port: status_of(f"http://127.0.0.1:{port}/health/ready") == 200, 90)
    studio.wait_until_done()
    assert studio.store.rows("SELECT count(*) FROM accounts_user WHERE is_superuser") == [(1,)]
    assert len(set(re.findall(r"One-time password: +(\S+)", studio.said()))) == 1
    assert once_each(studio)
    for process in processes:
        process.send_signal(signal.SIGINT)
    assert [process.wait(15) for process in processes] == [0, 0]
    assert "Traceback" not in studio.said()


@pytest.mark.postgres
def test_a_server_that_goes_away_in_the_middle_of_a_feed_is_waited_for(
    postgres: PostgresStore, on_postgres: Studio, tmp_path: Path
) -> None:
    process = on_postgres.start(
        "enrich", str(a_feed(tmp_path)), "--out", str(tmp_path / "cards.csv"), "--threads", "4"
    )
    on_postgres.wait_for(lambda: postgres.rows(DONE)[0][0] >= 5, 90)
    postgres.close_down()
    on_postgres.wait_for(lambda: "database" in on_postgres.said().lower(), 60)
    postgres.open_up()
    assert process.wait(120) == 0, on_postgres.said()
    assert once_each(on_postgres)
    assert postgres.rows(DONE) == [(FEED_ROWS,)]


SIGN_IN = """
from django.test import Client
from vitrina.accounts.models import Seller, User
client = Client()
client.force_login(User.objects.create_superuser("root"))
print("session", client.cookies["sessionid"].value, Seller.objects.create(name="One", slug="one").pk)
"""


@pytest.mark.postgres
def test_streams_that_are_open_hold_no_connection_to_the_database(
    postgres: PostgresStore, on_postgres: Studio
) -> None:
    signed_in = re.search(r"session (\w+) (\d+)", on_postgres.run("shell", "-c", SIGN_IN))
    assert signed_in is not None
    port = free_port()
    on_postgres.start("web", "--port", str(port))
    on_postgres.wait_for(lambda: status_of(f"http://127.0.0.1:{port}/health/ready") == 200, 60)
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/live?topics=seller:{signed_in[2]}",
        headers={"Cookie": f"sessionid={signed_in[1]}"},
    )
    with ExitStack() as streams:
        for _ in range(20):
            stream = streams.enter_context(urllib.request.urlopen(request, timeout=30))
            assert stream.readline() == b"retry: 2000\n"
        held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        # The poller of all streams has one; the threads of other pages give theirs back when they end.
        on_postgres.wait_for(lambda: postgres.rows(held)[0][0] <= 3, 20)
