"""The simulated picture services draw real pictures, count, and obey their own limits."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image
from tests.servers import PictureServices

from vitrina.simulators import pictures_drawn

PROMPT = "A red teapot on a table"


def ask(server: PictureServices, **more: Any) -> tuple[int, dict[str, Any]]:
    body = {"model": "gpt-image-2", "prompt": PROMPT, "size": "1024x1024"} | more
    request = urllib.request.Request(
        f"{server.url('openai')}/v1/images/generations",
        json.dumps(body).encode(),
        {"Authorization": "Bearer sim-key", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)


def test_a_picture_has_the_size_and_the_color_asked_for() -> None:
    picture = pictures_drawn.drawn(PROMPT, 640, 384, 7, "PNG")
    image = Image.open(io.BytesIO(picture.data))
    assert image.size == (640, 384)
    red, green, blue = image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert red > 2 * green
    assert red > 2 * blue


def test_the_same_request_gives_the_same_bytes_and_another_seed_others() -> None:
    first = pictures_drawn.drawn("a sea", 256, 256, 1).data
    pictures_drawn.drawn.cache_clear()
    assert pictures_drawn.drawn("a sea", 256, 256, 1).data == first
    assert pictures_drawn.drawn("a sea", 256, 256, 2).data != first


def test_a_picture_comes_as_base64_and_is_counted(picture_services_server: PictureServices) -> None:
    status, body = ask(picture_services_server, size="1536x1024", output_format="jpeg")
    assert status == 200
    image = Image.open(io.BytesIO(base64.b64decode(body["data"][0]["b64_json"])))
    assert (image.size, image.format) == ((1536, 1024), "JPEG")
    counts = picture_services_server.standing("openai").counts()
    assert (counts["calls"], counts["paid"], counts["most_at_once"]) == (1, 1, 1)


def test_an_unknown_field_is_refused_and_not_paid_for(picture_services_server: PictureServices) -> None:
    status, body = ask(picture_services_server, style="vivid")
    assert (status, body["error"]["code"]) == (400, "unknown_parameter")
    assert picture_services_server.standing("openai").paid == 0


def test_no_more_than_the_limit_is_drawn_at_once_or_in_a_minute(
    picture_services_server: PictureServices,
) -> None:
    picture_services_server.set("openai", per_minute=3)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(picture_services_server), range(8)))
    assert sorted(status for status, _body in answers) == [200] * 3 + [429] * 5
    refused = next(body for status, body in answers if status == 429)
    assert "Please try again in " in refused["error"]["message"]
    counts = picture_services_server.standing("openai").counts()
    assert (counts["paid"], counts["over_rate"]) == (3, 5)
    assert counts["most_in_a_minute"] == 3


@pytest.mark.parametrize("fault", ["server_error", "rate_limit_ms", "moderation_input"])
def test_what_goes_wrong_before_a_picture_is_drawn_is_not_paid_for(
    picture_services_server: PictureServices, fault: str
) -> None:
    picture_services_server.fails("openai", fault)
    assert ask(picture_services_server)[0] >= 400
    assert picture_services_server.standing("openai").paid == 0
    assert ask(picture_services_server)[0] == 200
    assert picture_services_server.standing("openai").paid == 1


def test_it_runs_as_a_program_and_refuses_in_the_words_of_the_service() -> None:
    command = [sys.executable, "-m", "vitrina.simulators.picture_services", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            address = re.search(r"http://[\d.:]+", program.stdout.readline())
            assert address is not None
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(
                    urllib.request.Request(
                        f"{address[0]}/openai/v1/images/generations",
                        json.dumps({"prompt": PROMPT}).encode(),
                        {"Authorization": "Bearer sim-key"},
                    ),
                    timeout=10,
                )
            with caught.value as refusal:
                assert json.load(refusal)["error"]["code"] == "model_not_found"
        finally:
            program.terminate()
