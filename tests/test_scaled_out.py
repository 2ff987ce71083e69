"""The same flow on PostgreSQL with Redis or RabbitMQ, two workers apart from the command, by settings alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.studio import Studio
from vitrina.jobs.tests.conftest import server
from vitrina.jobs.tests.installation import PostgresStore

BROKERS = {
    "redis": ("VITRINA_TEST_REDIS_URL", "redis://127.0.0.1:6379/9"),
    "rabbitmq": ("VITRINA_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
}


@pytest.fixture(
    params=[
        pytest.param("redis", marks=[pytest.mark.postgres, pytest.mark.redis]),
        pytest.param("rabbitmq", marks=[pytest.mark.postgres, pytest.mark.rabbitmq]),
    ]
)
def studio(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Studio]:
    postgres = server("VITRINA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    broker = server(*BROKERS[request.param])
    store = PostgresStore(postgres, f"vitrina_scaled_{uuid.uuid4().hex[:8]}")
    environment = {"BROKER_URL": broker}
    if request.param == "redis":
        environment["REDIS_URL"] = broker
    studio = Studio(tmp_path, store, **environment)
    yield studio
    studio.close()


def test_two_workers_enrich_the_sample_shop_once(studio: Studio) -> None:
    studio.run("migrate", "--verbosity", "0")
    studio.start("worker", "--threads", "8")
    studio.start("worker", "--threads", "8")
    studio.run("load_sample")
    studio.wait_until_done()

    products = studio.store.rows("SELECT count(*) FROM catalog_product")[0][0]
    assert products > 190
    statuses = studio.statuses()
    assert sum(statuses.values()) == products
    assert not statuses.keys() - {"completed", "moderation"}, statuses
    owners = studio.store.rows("SELECT count(DISTINCT product_id) FROM enrichment_processinglog")
    assert owners[0][0] == products
    doubled = studio.store.rows(
        "SELECT log_id, step, count(*) FROM enrichment_stepresult GROUP BY log_id, step HAVING count(*) > 1"
    )
    assert doubled == []
