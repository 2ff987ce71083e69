"""`vitrina up`, as a newcomer meets it: no key, no server, no network."""

from __future__ import annotations

import signal
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import ModelServer
from tests.studio import Studio, free_port, status_of
from vitrina.jobs.tests.installation import SqliteStore


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    studio = Studio(tmp_path, SqliteStore(tmp_path))
    yield studio
    studio.close()


def test_the_first_run_makes_an_admin_enriches_the_sample_shop_and_stops_on_ctrl_c(studio: Studio) -> None:
    port = free_port()
    process = studio.start("up", "--port", str(port))
    studio.wait_for(lambda: status_of(f"http://127.0.0.1:{port}/health/ready") == 200, 30)
    studio.wait_until_done()
    assert "One-time password:" in studio.said()
    assert f"http://127.0.0.1:{port}/" in studio.said()

    products = studio.store.rows("SELECT count(*) FROM catalog_product")[0][0]
    assert products > 190
    statuses = studio.statuses()
    assert sum(statuses.values()) == products
    assert not statuses.keys() - {"completed", "moderation"}, statuses
    assert statuses["completed"] > products / 3

    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert "Traceback" not in studio.said()


def test_stopping_in_the_middle_loses_nothing(studio: Studio) -> None:
    process = studio.start("up", "--port", str(free_port()))
    studio.wait_for(lambda: _runs(studio) > 10, 60)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0

    process = studio.start("up", "--port", str(free_port()))
    studio.wait_until_done()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    products = studio.store.rows("SELECT count(*) FROM catalog_product")[0][0]
    assert sum(studio.statuses().values()) == products
    assert not studio.statuses().keys() - {"completed", "moderation"}


def test_ctrl_c_waits_for_no_open_call_and_loses_nothing(studio: Studio, model_server: ModelServer) -> None:
    """Calls of a minute are open: whoever stops the studio is not made to wait for them."""
    model_server.set(latency=60.0)
    studio.environment["AI_BASE_URL"] = model_server.base_url
    process = studio.start("up", "--port", str(free_port()))
    studio.wait_for(lambda: model_server.counts()["calls"] >= 10, 60)
    process.send_signal(signal.SIGINT)
    assert (
        process.wait(15) == 0
    )  # five seconds are promised; a busy machine gets more, a call of a minute doesn't fit
    assert "Traceback" not in studio.said()

    model_server.set(latency=0.0)
    process = studio.start("up", "--port", str(free_port()))
    studio.wait_until_done()
    process.send_signal(signal.SIGINT)
    assert process.wait(15) == 0
    products = studio.store.rows("SELECT count(*) FROM catalog_product")[0][0]
    assert sum(studio.statuses().values()) == products
    assert not studio.statuses().keys() - {"completed", "moderation"}


def test_a_port_that_is_taken_is_said_in_words(studio: Studio) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = studio.run("up", "--port", str(port), expected=1)
    assert f"Port {port} on 127.0.0.1 can't be used" in said
    assert f"--port {port + 1}" in said
    assert not (studio.folder / "vitrina.sqlite3").exists()


def _runs(studio: Studio) -> int:
    try:
        return sum(studio.statuses().values())
    except sqlite3.OperationalError:  # the table is not there yet
        return 0
