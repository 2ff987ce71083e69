"""Gemini: the key stands in no address, and an answer without a picture says why."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.servers import PictureServices

from vitrina.channels.tests.loopback import Loopback
from vitrina.imagery.ports import Outcome, ServiceSettings
from vitrina.imagery.services.gemini import SERVICE
from vitrina.imagery.tests.services.asking import ask, fault_of, opened, order_for, reference, settings_for


def test_the_key_stands_in_a_header_alone(picture_services_server: PictureServices) -> None:
    ask(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE))
    (came,) = picture_services_server.standing("gemini").asked
    assert came.headers["x-goog-api-key"] == "sim-key"
    assert came.query == {}
    assert came.path == "/gemini/v1beta/models/gemini-nano-banana-2.1:generateContent"
    assert came.body["generationConfig"] == {
        "responseModalities": ["IMAGE"],
        "imageConfig": {"aspectRatio": "4:3", "imageSize": "1K"},
    }


def test_high_quality_is_twice_the_size(picture_services_server: PictureServices) -> None:
    drawn = ask(
        SERVICE,
        settings_for(SERVICE, picture_services_server),
        order_for(SERVICE, is_high_quality=True, ratio=(1, 1), width=1024, height=1024),
    )
    assert opened(drawn).size == (2048, 2048)
    assert drawn.notes


def test_an_older_model_is_told_no_size(picture_services_server: PictureServices) -> None:
    order = order_for(SERVICE, model="gemini-2.5-flash-image", is_high_quality=True)
    ask(SERVICE, settings_for(SERVICE, picture_services_server), order)
    body = picture_services_server.standing("gemini").asked[-1].body
    assert body["generationConfig"]["imageConfig"] == {"aspectRatio": "4:3"}


def test_the_cost_is_counted_from_the_tokens_of_the_picture(picture_services_server: PictureServices) -> None:
    drawn = ask(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE))
    # 6 tokens of words at 1.50 USD a million, 1120 of the picture at 30.
    assert drawn.cost == Decimal("0.033609")
    assert drawn.tokens == (6, 1120)
    assert drawn.request_id


def test_references_stand_beside_the_prompt(picture_services_server: PictureServices) -> None:
    asked = settings_for(SERVICE, picture_services_server)
    ask(SERVICE, asked, order_for(SERVICE, references=(reference(1), reference(2))))
    parts = picture_services_server.standing("gemini").asked[-1].body["contents"][0]["parts"]
    assert [next(iter(part)) for part in parts] == ["text", "inlineData", "inlineData"]
    assert picture_services_server.standing("gemini").references == 2


@pytest.mark.parametrize(
    ("fault", "outcome", "code"),
    [
        ("no_image", Outcome.RETRY_NEW_SEED, "no_image"),
        ("image_other", Outcome.RETRY_NEW_SEED, "image_other"),
        ("image_safety", Outcome.RETRY_NEW_SEED, "image_safety"),
        ("prohibited", Outcome.REFUSE, "prohibited_content"),
        ("blocked_prompt", Outcome.REFUSE, "safety"),
    ],
)
def test_an_answer_without_a_picture_says_why(
    fault: str, outcome: Outcome, code: str, picture_services_server: PictureServices
) -> None:
    picture_services_server.fails("gemini", fault)
    told = fault_of(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE))
    assert (told.outcome, told.code, told.status) == (outcome, code, 200)


def test_it_is_left_alone_as_long_as_it_says(picture_services_server: PictureServices) -> None:
    picture_services_server.fails("gemini", "rate_limit")
    told = fault_of(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE))
    assert told.retry_after == pytest.approx(34.074)


def test_a_thought_is_not_the_picture() -> None:
    server = Loopback()
    thought = {"thought": True, "inlineData": {"mimeType": "image/png", "data": "AAAA"}}
    body = {"candidates": [{"content": {"parts": [thought]}, "finishReason": "NO_IMAGE"}]}
    server.script = lambda said: said.answer(200, body, Content_Type="application/json")
    told = fault_of(SERVICE, ServiceSettings(server.url, "key"), order_for(SERVICE))
    server.close()
    assert (told.outcome, told.code) == (Outcome.RETRY_NEW_SEED, "no_image")
