"""OpenAI: what is sent, what it costs, and how long it is left alone."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers import PictureServices

from vitrina.imagery.fitting import fitted
from vitrina.imagery.judging import LATER_SECONDS
from vitrina.imagery.ports import Outcome
from vitrina.imagery.services.openai import LISTED, SERVICE, abilities
from vitrina.imagery.tests.services.asking import ask, fault_of, order_for, reference, settings_for
from vitrina.simulators import pictures_openai


def test_a_picture_is_asked_for_with_what_todays_models_know_and_no_more(
    picture_services_server: PictureServices,
) -> None:
    order = order_for(SERVICE, width=1536, height=1024, is_high_quality=True)
    ask(SERVICE, settings_for(SERVICE, picture_services_server), order)
    (came,) = picture_services_server.standing("openai").asked
    assert came.path == "/openai/v1/images/generations"
    assert came.body == {
        "model": "gpt-image-2.5-flare",
        "prompt": "A red teapot on a table",
        "size": "1536x1024",
        "quality": "high",
        "output_format": "png",
    }


def test_references_go_as_files_of_a_form_in_their_order(picture_services_server: PictureServices) -> None:
    given = (reference(1), reference(2))
    ask(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE, references=given))
    (came,) = picture_services_server.standing("openai").asked
    assert came.path == "/openai/v1/images/edits"
    assert came.body["files"] == [
        {"name": "image[]", "type": "image/jpeg", "size": len(one.data)} for one in given
    ]
    assert came.body["quality"] == "medium"
    assert came.units == 3


def test_quality_is_a_setting(picture_services_server: PictureServices) -> None:
    ask(SERVICE, settings_for(SERVICE, picture_services_server, quality="low"), order_for(SERVICE))
    assert picture_services_server.standing("openai").asked[-1].body["quality"] == "low"


def test_the_cost_is_counted_from_the_tokens_that_were_used(picture_services_server: PictureServices) -> None:
    asked = settings_for(SERVICE, picture_services_server)
    drawn = ask(SERVICE, asked, order_for(SERVICE, width=1024, height=1024))
    # 6 tokens of words at 5 USD a million, 1056 of the picture at 30.
    assert drawn.cost == Decimal("0.03171")
    assert drawn.tokens == (6, 1056)
    with_reference = ask(
        SERVICE, asked, order_for(SERVICE, width=1024, height=1024, references=(reference(),))
    )
    assert with_reference.cost == Decimal("0.03171") + 300 * Decimal(8) / 1_000_000


def test_the_cost_of_a_model_without_a_known_price_is_unknown(
    picture_services_server: PictureServices,
) -> None:
    order = order_for(SERVICE, model="gpt-image-1.5", width=1024, height=1024)
    assert ask(SERVICE, settings_for(SERVICE, picture_services_server), order).cost is None


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        ("rate_limit_ms", 0.24),
        ("rate_limit_s", 12),
        ("rate_limit_fraction", 2.4),
        ("rate_limit_minutes", 72.5),
        ("rate_limit_header", 3),
        ("rate_limit_header_ms", 1.5),
        ("rate_limit_silent", LATER_SECONDS),
    ],
)
def test_it_is_left_alone_as_long_as_it_says(
    fault: str, seconds: float, picture_services_server: PictureServices
) -> None:
    picture_services_server.fails("openai", fault)
    told = fault_of(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE))
    assert told.retry_after == pytest.approx(seconds)
    assert told.was_paid is False


def test_who_waits_as_long_as_was_told_is_let_in(picture_services_server: PictureServices) -> None:
    picture_services_server.set("openai", per_minute=5, minute=1.0)
    asked = settings_for(SERVICE, picture_services_server)
    references = (reference(1), reference(2), reference(3), reference(4))
    order = order_for(SERVICE, references=references, width=1024, height=1024)
    ask(SERVICE, asked, order)  # it takes all five units
    told = fault_of(SERVICE, asked, order)
    assert told.outcome is Outcome.RETRY_AFTER
    assert told.retry_after is not None
    threading.Event().wait(told.retry_after)
    ask(SERVICE, asked, order)
    counts = picture_services_server.standing("openai").counts()
    assert (counts["paid"], counts["over_rate"], counts["references"]) == (2, 1, 8)
    assert counts["most_in_a_minute"] in (5, 10)  # a bucket: what was saved up, and what came meanwhile


def test_moderation_of_what_was_drawn_may_have_been_paid_for(
    picture_services_server: PictureServices,
) -> None:
    picture_services_server.fails("openai", "moderation_output", "moderation_input")
    asked = settings_for(SERVICE, picture_services_server)
    drawn, prompt = (fault_of(SERVICE, asked, order_for(SERVICE)) for _ in range(2))
    assert (drawn.outcome, drawn.was_paid) == (Outcome.RETRY_NEW_SEED, None)
    assert (prompt.outcome, prompt.was_paid) == (Outcome.REFUSE, False)
    assert "safety_violations" in prompt.message


def test_a_model_of_the_first_generation_knows_three_sizes() -> None:
    assert abilities("gpt-image-1-mini").listed == LISTED
    assert fitted((1280, 768), abilities("gpt-image-1-mini"))[0] == (1536, 1024)


@given(st.integers(1, 6000), st.integers(1, 6000), st.sampled_from(SERVICE.models))
def test_every_wished_size_becomes_one_that_the_model_takes(width: int, height: int, model: str) -> None:
    (wide, high), _ratio = fitted((width, height), abilities(model))
    assert pictures_openai.size_of(model, f"{wide}x{high}") == (wide, high)
