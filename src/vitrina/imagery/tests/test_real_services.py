"""The whole way with the services' own adapters and the simulator that speaks their dialects: faults, limits, its own count."""

from __future__ import annotations

from typing import Any

import pytest
from tests.servers import PictureServices

from vitrina.engine.models import ModelCall
from vitrina.imagery import asking, figures, installed
from vitrina.imagery.models import GeneratedImage
from vitrina.imagery.tests.conftest import Ask, hurry, run
from vitrina.lib import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def simulated(picture_services_server: PictureServices, settings: Any, tmp_path: Any) -> PictureServices:
    """OpenAI is asked first, Pollinations after it."""
    settings.MEDIA_ROOT = tmp_path
    settings.PICTURE_KEYS = {"OPENAI_API_KEY": "sim-key", "POLLINATIONS_API_KEY": "sim-key"}
    settings.PICTURE_SERVICES = {
        "openai": {"base_url": f"{picture_services_server.url('openai')}/v1", "place": 0},
        "pollinations": {"base_url": picture_services_server.url("pollinations"), "place": 1},
    }
    figures.forget()
    return picture_services_server


def again(image: GeneratedImage) -> GeneratedImage:
    return GeneratedImage.objects.get(pk=image.pk)


def test_a_picture_of_openai_is_drawn_paid_by_tokens_and_kept(simulated: PictureServices, ask: Ask) -> None:
    image = ask("a red teapot on a table")
    run()
    made = again(image)
    assert (made.status, made.service) == ("completed", "openai")
    assert files.storage().exists(made.original_name)
    assert made.cost
    call = ModelCall.objects.get(provider="openai")
    assert call.cost == made.cost
    assert simulated.standing("openai").counts()["paid"] == 1
    [asked] = simulated.standing("openai").asked
    assert "sim-key" not in str(made.attempts.values_list("order", "made"))
    assert asked.status == 200


@pytest.mark.parametrize(
    ("fault", "service"),
    [
        ("insufficient_quota", "pollinations"),
        ("server_error", "openai"),
        ("black", "openai"),
        ("truncated", "openai"),
    ],
)
def test_each_fault_takes_its_way(simulated: PictureServices, ask: Ask, fault: str, service: str) -> None:
    simulated.fails("openai", fault)
    image = ask("a red teapot on a table")
    run()
    assert again(image).service == service


def test_a_limit_of_the_service_is_waited_for_and_obeyed_to_the_picture(
    simulated: PictureServices, ask: Ask
) -> None:
    simulated.set("openai", per_minute=2, minute=600.0)
    images = [ask(f"teapot {number}") for number in range(3)]
    run()
    waiting = again(images[2])
    assert (waiting.status, waiting.attempts.get().outcome) == ("queued", "retry_after")
    assert waiting.not_before is not None
    simulated.set("openai", per_minute=None)
    hurry()
    run()
    assert again(images[2]).service == "openai"
    assert simulated.standing("openai").counts()["over_rate"] == 1


def test_reference_pictures_take_from_openais_rate(simulated: PictureServices, ask: Ask) -> None:
    assert installed.services()["openai"].rate is not None
    anchor = ask("a red teapot")
    run()
    given = asking.reference_of(again(anchor))
    # One picture is drawn; of five a minute two go to each of the next, and the third waits for our own rate.
    images = [ask(f"a red teapot from side {number}", references=[given]) for number in range(3)]
    run()
    states = [again(image).status for image in images]
    assert states == ["completed", "completed", "queued"]
    assert simulated.standing("openai").counts()["over_rate"] == 0
    assert simulated.standing("openai").counts()["calls"] == 3


def test_a_refusal_of_the_words_is_told_and_nobody_else_is_asked(
    simulated: PictureServices, ask: Ask
) -> None:
    simulated.fails("openai", "moderation_input")
    image = ask("something forbidden")
    run()
    ended = again(image)
    assert ended.status == "failed"
    assert ended.reason
    assert simulated.standing("pollinations").counts()["calls"] == 0
