"""OpenRouter: what it costs stands in the answer, and what a model does not know is never sent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.servers import PictureServices

from vitrina.imagery.ports import Outcome
from vitrina.imagery.services.openrouter import SERVICE, _usd
from vitrina.imagery.tests.services.asking import ask, fault_of, opened, order_for, reference, settings_for


def test_the_cost_is_the_one_that_it_tells(picture_services_server: PictureServices) -> None:
    drawn = ask(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE))
    assert drawn.cost == Decimal("0.0336")
    assert drawn.tokens == (40, 1120)
    assert drawn.media_type == "image/png"


def test_a_ratio_is_told_and_the_real_size_noted(picture_services_server: PictureServices) -> None:
    order = order_for(SERVICE, width=1364, height=768, ratio=(16, 9))
    drawn = ask(SERVICE, settings_for(SERVICE, picture_services_server), order)
    assert opened(drawn).size == (1360, 768)
    assert drawn.notes == ("OpenRouter drew 1360x768 pixels instead of 1364x768.",)


@pytest.mark.parametrize("model", SERVICE.models)
def test_nothing_is_sent_that_the_model_does_not_know(
    model: str, picture_services_server: PictureServices
) -> None:
    order = order_for(SERVICE, model=model, is_high_quality=True, references=(reference(),))
    ask(SERVICE, settings_for(SERVICE, picture_services_server), order)
    (came,) = picture_services_server.standing("openrouter").asked
    assert ("resolution" in came.body) == model.startswith("google/")
    assert came.body["n"] == 1


def test_a_limit_that_comes_with_status_200_is_a_limit(picture_services_server: PictureServices) -> None:
    picture_services_server.fails("openrouter", "limit_in_200", "rate_limit")
    asked = settings_for(SERVICE, picture_services_server)
    inside, outside = (fault_of(SERVICE, asked, order_for(SERVICE)) for _ in range(2))
    assert (inside.outcome, inside.retry_after) == (Outcome.RETRY_AFTER, 9)
    assert (outside.outcome, outside.retry_after) == (Outcome.RETRY_AFTER, 7)


@pytest.mark.parametrize("value", [None, True, "0.1", -1, float("nan"), float("inf"), 10**9])
def test_a_cost_that_is_none_is_unknown(value: object) -> None:
    assert _usd(value) is None
