"""Counting in a cache that many share: however they hurry, nobody gets more than the limit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache

from vitrina.jobs.tests.conftest import server
from vitrina.rest import throttling
from vitrina.rest.problems import Problem

LIMIT = 40


def ask(number: int) -> bool:
    """Whether the request was let in. Half of the threads speak for one person."""
    request: Any = SimpleNamespace(user=SimpleNamespace(is_authenticated=True, pk=7), auth=None)
    try:
        throttling.count(request)
    except Problem as problem:
        return not (problem.status_code == 429 and problem.retry_after)
    return True


def let_in(asked: int) -> int:
    with ThreadPoolExecutor(16) as pool:
        return sum(pool.map(ask, range(asked)))


@pytest.fixture(autouse=True)
def _a_minute_that_stands_still(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.API_PERSON_RATE = LIMIT
    monkeypatch.setattr(throttling, "time", lambda: 1_000_000_019.5)


def test_many_at_once_in_one_process_get_what_one_would() -> None:
    cache.clear()
    assert let_in(200) == LIMIT
    cache.clear()


@pytest.mark.redis
def test_many_at_once_over_redis_get_what_one_would(monkeypatch: pytest.MonkeyPatch) -> None:
    redis_url = server("VITRINA_TEST_REDIS_URL", "redis://127.0.0.1:6379/5")
    shared = RedisCache(redis_url, {"KEY_PREFIX": f"throttling-{uuid4()}"})
    monkeypatch.setattr(throttling, "cache", shared)
    assert let_in(200) == LIMIT
    # Another process comes with connections of its own, and finds the minute full.
    again = RedisCache(redis_url, {"KEY_PREFIX": shared.key_prefix})
    monkeypatch.setattr(throttling, "cache", again)
    assert let_in(20) == 0
    for opened in (shared, again):
        for pool in opened._cache._pools.values():
            pool.disconnect()


def test_a_cache_that_forgets_in_between_lets_people_in(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(throttling.cache, "add", lambda *args, **kwargs: True)
    assert ask(1)
    cache.clear()
