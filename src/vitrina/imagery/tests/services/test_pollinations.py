"""Pollinations: one picture is paid for once, and too many requests are known in every disguise."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from tests.servers import PictureServices

from vitrina.imagery.ports import Outcome
from vitrina.imagery.services import pollinations, pollinations_demo
from vitrina.imagery.tests.services.asking import ask, fault_of, opened, order_for, reference, settings_for
from vitrina.simulators import pictures_drawn

KEYED, DEMO = pollinations.SERVICE, pollinations_demo.SERVICE


def test_the_same_request_is_paid_for_once_and_another_seed_again(
    picture_services_server: PictureServices,
) -> None:
    asked = settings_for(KEYED, picture_services_server)
    first, again = (ask(KEYED, asked, order_for(KEYED)) for _ in range(2))
    other = ask(KEYED, asked, order_for(KEYED, seed=8))
    assert first.data == again.data != other.data
    standing = picture_services_server.standing("pollinations")
    assert (standing.paid, standing.from_cache) == (2, 1)
    assert (first.cost, first.seed) == (Decimal("0.002"), 7)


def test_who_gave_up_and_asks_the_same_again_gets_the_picture_that_was_being_made(
    picture_services_server: PictureServices,
) -> None:
    picture_services_server.set("pollinations", slow=0.8)
    picture_services_server.fails("pollinations", "slow")
    asked, order = settings_for(KEYED, picture_services_server), order_for(KEYED)
    assert fault_of(KEYED, asked, order, seconds=0.2).outcome is Outcome.RETRY_SAME
    ask(KEYED, asked, order)
    assert picture_services_server.standing("pollinations").paid == 1


def test_only_what_a_model_knows_is_sent(picture_services_server: PictureServices) -> None:
    asked = settings_for(KEYED, picture_services_server)
    ask(KEYED, asked, order_for(KEYED, is_high_quality=True))
    ask(KEYED, asked, order_for(KEYED, model="gptimage", is_high_quality=True))
    flux, gpt = picture_services_server.standing("pollinations").asked
    assert flux.body == {
        "model": "flux",
        "prompt": "A red teapot on a table",
        "size": "1024x768",
        "seed": 7,
        "response_format": "b64_json",
    }
    assert gpt.body["quality"] == "high"
    assert flux.headers["authorization"] == "Bearer sim-key"


def test_a_reference_goes_through_the_edits_call_with_its_seed(
    picture_services_server: PictureServices,
) -> None:
    asked = settings_for(KEYED, picture_services_server)
    ask(KEYED, asked, order_for(KEYED, model="kontext", references=(reference(),)))
    (came,) = picture_services_server.standing("pollinations").asked
    assert came.path == "/pollinations/v1/images/edits"
    assert came.body["seed"] == 7
    assert came.body["image"][0]["image_url"].startswith("data:image/jpeg;base64,")


@pytest.mark.parametrize("service", [KEYED, DEMO], ids=lambda service: service.name)
def test_a_picture_that_says_too_many_requests_is_asked_for_anew_after_a_while(
    service: pollinations.Service, picture_services_server: PictureServices
) -> None:
    digest = hashlib.md5(pictures_drawn.placeholder().data, usedforsecurity=False).hexdigest()
    picture_services_server.fails(service.name, "placeholder")
    asked = settings_for(service, picture_services_server, placeholders=f"{'0' * 32}, {digest.upper()}")
    told = fault_of(service, asked, order_for(service))
    assert (told.outcome, told.status, told.retry_after) == (Outcome.RETRY_NEW_SEED, 200, 60)
    assert told.code == "placeholder"


def test_the_anonymous_host_draws_one_at_a_time_and_says_so(picture_services_server: PictureServices) -> None:
    picture_services_server.set("pollinations-demo", latency=0.6)
    asked = settings_for(DEMO, picture_services_server)
    standing = picture_services_server.standing("pollinations-demo")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, DEMO, asked, order_for(DEMO))
        while not standing.at_once:
            threading.Event().wait(0.01)
        told = fault_of(DEMO, asked, order_for(DEMO, seed=9))
        first.result()
    assert (told.outcome, told.status, told.retry_after) == (Outcome.RETRY_AFTER, 402, 60)
    assert "203.0.113.7" in told.message
    assert (standing.paid, standing.over_places) == (1, 1)


@pytest.mark.parametrize(
    ("fault", "status"), [("queue_full_402", 402), ("queue_full_429", 429), ("queue_full_500", 500)]
)
def test_a_full_queue_is_known_in_its_three_ways(
    fault: str, status: int, picture_services_server: PictureServices
) -> None:
    picture_services_server.fails("pollinations-demo", fault)
    told = fault_of(DEMO, settings_for(DEMO, picture_services_server), order_for(DEMO))
    assert (told.outcome, told.status, told.code) == (Outcome.RETRY_AFTER, status, "queue_full")


def test_the_demo_is_never_taken_for_the_real_service(picture_services_server: PictureServices) -> None:
    assert DEMO.is_on_request
    assert DEMO.at_once == 1
    assert all(DEMO.abilities(model).marks_pictures for model in DEMO.models)
    assert not any(KEYED.abilities(model).marks_pictures for model in KEYED.models)
    drawn = ask(DEMO, settings_for(DEMO, picture_services_server), order_for(DEMO))
    assert drawn.model == "sana"  # it says itself that it is another model than the one asked for
    corner = opened(drawn).convert("L").crop((850, 700, 1024, 768))
    assert corner.getextrema()[1] > 240  # the brand
