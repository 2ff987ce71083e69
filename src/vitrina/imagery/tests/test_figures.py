"""How the services do: totals, success, times, by kind and by plan; and that it steers the choice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from vitrina.accounts.models import Plan, Seller
from vitrina.imagery import figures
from vitrina.imagery.figures import Row, reckoned
from vitrina.imagery.models import GeneratedImage
from vitrina.imagery.tests.conftest import Ask, run, scene
from vitrina.imagery.tests.drawing_world import DrawingWorld


def test_times_are_those_of_pictures_that_came_by_nearest_rank() -> None:
    rows = [Row("ok", float(number), "location", "PRO") for number in range(1, 101)]
    rows += [Row("retry_same", 120.0, "front", "FREE")] * 25
    found = reckoned("swift", rows)
    assert (found.count.total, found.count.success, found.count.failed) == (125, 100, 25)
    assert found.count.success_rate == 0.8
    assert found.mean == 50.5
    assert found.percentiles == {50: 50.0, 90: 90.0, 95: 95.0, 99: 99.0}
    assert (found.by_kind["front"].success_rate, found.by_plan["PRO"].total) == (0.0, 100)
    assert found.by_fault == {"retry_same": 25}


def test_without_a_try_nothing_is_known() -> None:
    found = reckoned("swift", [])
    assert (found.count.success_rate, found.mean, found.percentiles) == (None, None, {})


@given(st.lists(st.floats(0, 1000), min_size=1))
def test_percentiles_rise_and_are_times_that_were_seen(times: list[float]) -> None:
    found = reckoned("swift", [Row("ok", one, "", "") for one in times]).percentiles
    assert set(found.values()) <= set(times)
    assert list(found.values()) == sorted(found.values())


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.django_db
def test_tries_are_counted_by_kind_and_plan_and_shown_to_prometheus(
    services: DrawingWorld, ask: Ask, seller: Seller
) -> None:
    seller.plan = Plan.objects.create(name="PRO", limits={})
    seller.save()
    before = value("vitrina_picture_tries_total", service="swift", outcome="ok")
    services.says("swift", "retry_same")
    ask(scene=scene("a hall", kind="location"))
    run()
    found = figures.of_service("swift")
    assert (found.count.total, found.count.success) == (2, 1)
    assert (found.by_kind["location"].total, found.by_plan["PRO"].total) == (2, 2)
    assert figures.of_service("swift", seller_ids=[]).count.total == 0
    assert value("vitrina_picture_tries_total", service="swift", outcome="ok") == before + 1


@pytest.mark.django_db
def test_a_service_that_mostly_fails_is_asked_after_the_others(
    services: DrawingWorld, ask: Ask, settings: Any
) -> None:
    settings.AI_BREAKER = settings.AI_BREAKER | {"faults": 50}
    services.says("swift", always="retry_new_seed")
    for number in range(2):
        ask(f"castle {number}")
    run()
    assert services.calls["swift"] == 6
    figures.forget()
    image = ask("castle 9")
    run()
    assert services.calls["swift"] == 6
    assert GeneratedImage.objects.get(pk=image.pk).service == "solid"
