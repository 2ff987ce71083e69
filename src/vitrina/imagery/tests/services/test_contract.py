"""What holds for every picture service, over its simulated one: a new service is a new row of `outcomes.py`."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.servers import PictureServices

from vitrina.channels.tests.loopback import Loopback, dead_url
from vitrina.imagery.compiling import compiled
from vitrina.imagery.options import Options
from vitrina.imagery.ports import Outcome, Service, ServiceSettings, Sizes
from vitrina.imagery.scene import Exclusion, Recipe, Scene
from vitrina.imagery.services.known import SERVICES
from vitrina.imagery.tests.services.asking import (
    BY_NAME,
    ONLINE,
    ask,
    fault_of,
    faults_of,
    opened,
    order_for,
    reference,
    settings_for,
)
from vitrina.imagery.tests.services.outcomes import EVERY, NEVER_ENDING, OWN, expected
from vitrina.lib.pictures.kinds import MEDIA_TYPES, kind_of

SECRET = "sk-very-secret-0123456789"
each_with_a_key = pytest.mark.parametrize(
    "service", [service for service in ONLINE if service.key_setting], ids=lambda service: service.name
)
each_service = pytest.mark.parametrize("service", ONLINE, ids=lambda service: service.name)


def test_every_service_has_a_name_of_its_own_and_a_record_that_holds_together() -> None:
    assert len({service.name for service in SERVICES}) == len(SERVICES)
    for service in SERVICES:
        assert bool(service.make) != bool(service.why_not), service.name
        if service.make is None:
            continue
        assert service.models or service.url_setting, service.name
        assert service.base_url or service.url_setting or service.is_offline, service.name
        assert service.rate is None or service.rate.key == f"{service.name}:rpm", service.name
        for model in service.models:
            abilities = service.abilities(model)
            assert (abilities.sizes is Sizes.LISTED) == bool(abilities.listed), model
            assert (abilities.sizes is Sizes.RATIO) == bool(abilities.ratios), model


def test_every_service_that_is_spoken_to_is_simulated_with_every_fault(
    picture_services_server: PictureServices,
) -> None:
    assert {service.name for service in ONLINE} == OWN.keys()
    for name in OWN:
        assert expected(name).keys() | NEVER_ENDING == faults_of(picture_services_server, name), name


@each_service
def test_a_picture_comes_in_the_size_that_was_asked_for_or_with_a_note(
    service: Service, picture_services_server: PictureServices
) -> None:
    order = order_for(service)
    drawn = ask(service, settings_for(service, picture_services_server), order)
    image = opened(drawn)
    assert MEDIA_TYPES[kind_of(drawn.data)] == drawn.media_type
    assert image.size == (order.width, order.height) or drawn.notes
    assert abs(image.width / image.height - order.width / order.height) < 0.05
    red, green, blue = image.convert("RGB").resize((1, 1)).getpixel((0, 0))
    assert red > green
    assert red > blue
    assert picture_services_server.standing(service.name).paid == 1
    assert drawn.seed == order.seed


@each_service
def test_every_model_takes_every_option_that_it_says_it_takes(
    service: Service, picture_services_server: PictureServices
) -> None:
    for model in service.models:
        abilities = service.abilities(model)
        given = tuple(reference(number) for number in range(abilities.most_references))
        order = order_for(service, model=model, references=given, is_high_quality=True)
        ask(service, settings_for(service, picture_services_server), order)
        standing = picture_services_server.standing(service.name)
        assert standing.by_model[model] == 1, model
        assert standing.references == len(given), model
        standing.references = 0


@each_service
@pytest.mark.parametrize(
    "size", [(1024, 768), (768, 1024), (1280, 768), (2048, 512), (300, 300), (4000, 3000)]
)
def test_whatever_size_is_wished_for_the_service_takes_what_is_compiled(
    service: Service, size: tuple[int, int], picture_services_server: PictureServices
) -> None:
    scene = Scene(
        recipe=Recipe.PRODUCT_SHOT,
        frozen="A green kettle.",
        parts=("On a table", "soft light"),
        exclusions=(Exclusion(words="watermark", instead="clean surfaces"),),
        width=size[0],
        height=size[1],
    )
    model = service.models[0]
    order = compiled(
        scene, Options(style=("film",)), service.abilities(model), model, 11, [reference()]
    ).order
    ask(service, settings_for(service, picture_services_server), order)
    (prompt,) = picture_services_server.standing(service.name).prompts
    assert "A green kettle." in prompt


def test_every_service_stands_in_the_documentation() -> None:
    told = (Path(__file__).parents[5] / "docs/picture_services.md").read_text(encoding="utf-8")
    assert [service.name for service in SERVICES if f"`{service.name}`" not in told] == []
    # The models of one's own machine have names that only the code uses.
    paid = [model for service in SERVICES if service.key_setting for model in service.models]
    assert [model for model in paid if model not in told] == []


@pytest.mark.parametrize(("name", "fault"), EVERY)
def test_every_fault_comes_to_its_outcome_without_the_key(
    name: str, fault: str, picture_services_server: PictureServices, caplog: pytest.LogCaptureFixture
) -> None:
    service = BY_NAME[name]
    picture_services_server.set(name, key=SECRET)
    picture_services_server.fails(name, fault)
    outcome, status = expected(name)[fault]
    order = order_for(service)
    asked = settings_for(service, picture_services_server, key=SECRET)
    with caplog.at_level(logging.DEBUG):
        if outcome is None:
            drawn = ask(service, asked, order)
            assert drawn.data
            assert SECRET not in repr(drawn)
            return
        told = fault_of(service, asked, order)
    assert (told.outcome, told.status) == (outcome, status), str(told)
    assert str(told) == told.sentence % told.values
    assert service.title in str(told)
    seen = "".join(traceback.format_exception(told)) + repr(vars(told)) + caplog.text
    assert SECRET not in seen
    assert (told.retry_after is not None) == (told.outcome is Outcome.RETRY_AFTER)
    for came in picture_services_server.standing(name).asked:
        assert SECRET not in came.path + str(came.query)


@each_with_a_key
def test_a_wrong_key_is_never_repeated_and_the_next_service_is_asked(
    service: Service, picture_services_server: PictureServices
) -> None:
    asked = settings_for(service, picture_services_server, key=SECRET)
    told = fault_of(service, asked, order_for(service))
    assert told.outcome is Outcome.FALLBACK
    assert SECRET not in repr(vars(told)) + repr(asked) + repr(service.make)
    assert service.key_setting in str(told)


@each_with_a_key
@pytest.mark.parametrize("key", ["", " ", "ключ", "two\r\nX-More: 1", "\x00"])
def test_a_key_that_is_none_is_not_sent(
    service: Service, key: str, picture_services_server: PictureServices
) -> None:
    told = fault_of(service, settings_for(service, picture_services_server, key=key), order_for(service))
    assert (told.outcome, told.code) == (Outcome.FALLBACK, "bad_key")
    assert picture_services_server.standing(service.name).calls == 0


@each_service
@pytest.mark.parametrize("fault", sorted(NEVER_ENDING))
def test_a_service_that_never_ends_is_left_in_time(
    service: Service, fault: str, picture_services_server: PictureServices
) -> None:
    picture_services_server.fails(service.name, fault)
    began = time.monotonic()
    told = fault_of(service, settings_for(service, picture_services_server), order_for(service), seconds=0.3)
    assert time.monotonic() - began < 3
    assert (told.outcome, told.code, told.was_paid) == (Outcome.RETRY_SAME, "timeout", None)


@each_service
def test_a_service_that_is_not_there_was_not_paid(service: Service) -> None:
    told = fault_of(service, ServiceSettings(dead_url(), "key"), order_for(service), seconds=5)
    assert (told.outcome, told.code, told.was_paid) == (Outcome.RETRY_SAME, "connection", False)


# --- Whatever comes ----------------------------------------------------------------------------------------

WORDS = [
    "data", "b64_json", "error", "code", "message", "type", "details", "fieldErrors", "model", "usage", "input_tokens",
    "output_tokens", "input_tokens_details", "text_tokens", "image_tokens", "cost", "metadata", "error_type", "candidates",
    "content", "parts", "inlineData", "finishReason", "promptFeedback", "blockReason", "usageMetadata", "modelVersion",
    "candidatesTokensDetails", "modality", "tokenCount", "promptTokenCount", "candidatesTokenCount", "retryDelay", "reason",
    "status", "moderation_details", "moderation_stage", "queueInfo", "x402Version", "id", "polling_url", "result", "sample",
    "images", "image", "info", "outputs", "prompt_id", "errors", "name", "finish_reason", "detail",
]  # fmt: skip
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["", "IMAGE", "iVBORw0KGgo=", "try again in 99999999999s", "SAFETY", "output", "12s"])
)
bodies = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=25,
)
heads = st.dictionaries(
    st.sampled_from(["Retry_After", "retry_after_ms", "x_should_retry", "x_request_id", "x_model_used"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    max_size=3,
)


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    server = Loopback()
    yield server
    server.close()


@each_service
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    status=st.sampled_from([200, 200, 200, 201, 302, 400, 402, 403, 404, 422, 429, 500, 502, 530, 599]),
    body=bodies | st.binary(max_size=200),
    headers=heads,
    media_type=st.sampled_from(["application/json", "image/jpeg", "text/html", ""]),
)
def test_whatever_comes_back_is_a_picture_or_a_fault(
    service: Service, loopback: Loopback, status: int, body: Any, headers: dict[str, str], media_type: str
) -> None:
    loopback.script = lambda said: said.answer(status, body, **(headers | {"Content_Type": media_type}))
    told = fault_of(service, ServiceSettings(loopback.url, "key"), order_for(service), seconds=5)
    assert str(told)
    assert told.retry_after is None or 0 <= told.retry_after <= 24 * 3600
    assert len(told.message) <= 500
    assert (told.message + told.code + str(told) + told.request_id).encode()  # a database keeps it


@each_service
@pytest.mark.parametrize(
    "prompt",
    [
        "..",
        "a/../../b",
        "50% off? #1 & more",
        "кот\n«в сапогах»",
        "%2e%2e",
        "%2F",
        "\U0001f9e5 +1",
        "a;b:c@d=e",
    ],
)
def test_a_prompt_arrives_as_it_was_written(
    service: Service, picture_services_server: PictureServices, prompt: str
) -> None:
    ask(service, settings_for(service, picture_services_server), order_for(service, prompt=prompt))
    assert picture_services_server.standing(service.name).prompts == [prompt]


@each_service
def test_half_of_a_character_is_never_sent(
    service: Service, picture_services_server: PictureServices
) -> None:
    order = order_for(service, prompt="\ud800 a cup")
    asked = settings_for(service, picture_services_server)
    if (
        service.name == "pollinations-demo"
    ):  # its prompt is a part of the address, where such a half becomes «?»
        ask(service, asked, order)
        assert picture_services_server.standing(service.name).prompts == ["? a cup"]
        return
    told = fault_of(service, asked, order)
    assert (told.outcome, told.code) == (Outcome.BAD_REQUEST, "not_json")
    assert picture_services_server.standing(service.name).calls == 0
