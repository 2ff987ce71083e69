from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from vitrina.lib.pictures.colors import PALETTE, from_hex
from vitrina.lib.pictures.measuring import measure

NAMES = {color.id for color in PALETTE}


def product(
    color: str = "#c8102e", behind: str = "#ffffff", *, box: Any = (140, 100, 340, 300)
) -> Image.Image:
    image = Image.new("RGB", (480, 400), behind)
    ImageDraw.Draw(image).rectangle(box, fill=color)
    return image


@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 2**32 - 1), st.sampled_from([1, 3, 20, 200]))
@settings(max_examples=40, deadline=None)
def test_any_picture_is_measured_within_its_ranges(width: int, height: int, seed: int, coarse: int) -> None:
    random = Random(seed)
    small = (max(1, width // coarse), max(1, height // coarse))
    noise = Image.frombytes("RGB", small, random.randbytes(small[0] * small[1] * 3)).resize((width, height))
    found = measure(noise)
    assert found == measure(noise.copy()) == json.loads(json.dumps(found))
    assert found["aspect"] == pytest.approx(width / height, abs=0.001)
    assert 1 <= len(found["colors"]) <= 5
    assert 0 < sum(color["share"] for color in found["colors"]) <= 1.005
    for color in found["colors"]:
        from_hex(color["hex"])
        assert color["name"] in NAMES
    background, subject = found["background"], found["subject"]
    assert background["kind"] in {"white", "plain", "scene"}
    assert (background["share"] is None) == (background["kind"] == "scene") == (background["hex"] is None)
    if subject is not None:
        assert subject["share"] + background["share"] == pytest.approx(1, abs=0.002)
        assert set(subject["touches"]) <= {"left", "top", "right", "bottom"}
    assert found["sharpness"]["variance"] >= 0
    assert found["sharpness"]["kind"] in {"sharp", "soft", "blurred", None}
    assert found["exposure"]["kind"] in {"good", "dark", "blown"}
    assert 0 <= found["exposure"]["light"] <= 1
    assert 0 <= found["exposure"]["blown"] <= 1


@pytest.mark.parametrize("mode", ["L", "RGBA", "CMYK", "P"])
def test_another_mode_is_refused_in_words(mode: str) -> None:
    with pytest.raises(ValueError, match=f"not in {mode}"):
        measure(Image.new(mode, (10, 10)))


@pytest.mark.parametrize("color", ["#c8102e", "#1f4fbf", "#141414", "#fcd50e", "#6b4423"])
def test_a_product_on_white_has_its_own_colour_and_share(color: str) -> None:
    found = measure(product(color))
    assert found["background"]["kind"] == "white"
    assert found["background"]["name"] == "white"
    assert found["subject"]["touches"] == []
    assert found["subject"]["share"] == pytest.approx(200 * 200 / (480 * 400), abs=0.03)
    assert len(found["colors"]) == 1
    drawn, seen = from_hex(color), from_hex(found["colors"][0]["hex"])
    assert max(abs(one - other) for one, other in zip(drawn, seen, strict=True)) <= 3


def test_a_coloured_background_is_no_colour_of_the_product() -> None:
    found = measure(product("#fcd50e", "#87bfe8"))
    assert found["background"] | {"share": None} == {
        "kind": "plain",
        "share": None,
        "hex": "#87bfe8",
        "name": "lightblue",
    }
    assert [color["name"] for color in found["colors"]] == ["yellow"]


def test_a_cropped_product_touches_the_side() -> None:
    assert measure(product(box=(140, 100, 340, 400)))["subject"]["touches"] == ["bottom"]


def test_two_colours_are_told_largest_first() -> None:
    image = product("#1f4fbf")
    ImageDraw.Draw(image).rectangle((140, 100, 340, 170), fill="#ff7f00")
    assert [color["name"] for color in measure(image)["colors"]] == ["blue", "orange"]


def test_a_shadow_belongs_to_the_background() -> None:
    image = Image.new("RGB", (480, 400), "white")
    ImageDraw.Draw(image).ellipse((120, 270, 380, 340), fill="#b4b4b4")
    image = image.filter(ImageFilter.GaussianBlur(20))
    ImageDraw.Draw(image).rectangle((140, 100, 340, 300), fill="#1e8b3a")
    assert [color["name"] for color in measure(image)["colors"]] == ["green"]


def test_a_sample_of_cloth_has_no_background_but_a_colour() -> None:
    found = measure(Image.new("RGB", (300, 300), "#20b2aa"))
    assert found["subject"] is None
    assert found["sharpness"] == {"variance": 0.0, "kind": None}
    assert [color["name"] for color in found["colors"]] == ["turquoise"]


@pytest.mark.parametrize(("radius", "kind"), [(0, "sharp"), (1.8, "soft"), (5, "blurred"), (9, "blurred")])
@pytest.mark.parametrize("behind", ["#ffffff", "#d9c3a0"])
def test_a_blurred_picture_is_called_so_whatever_it_shows(radius: float, kind: str, behind: str) -> None:
    image = product("#1f4fbf", behind).filter(ImageFilter.GaussianBlur(radius))
    assert measure(image)["sharpness"]["kind"] == kind


def test_a_dark_picture_is_called_dark_and_a_black_product_is_not() -> None:
    assert measure(product("#141414"))["exposure"]["kind"] == "good"
    assert measure(product("#141414", "#2a2a30"))["exposure"]["kind"] == "dark"


def test_a_lost_product_is_called_blown_before_a_colour_and_never_before_white() -> None:
    assert measure(product("#ffffff", "#87bfe8"))["exposure"] == {
        "light": 0.764,
        "blown": 1.0,
        "kind": "blown",
    }
    assert measure(product("#ffffff", "#f4f4f4"))["exposure"]["kind"] == "good"


def test_lettering_is_warned_of_and_stripes_are_not() -> None:
    lettered, striped = product("#fcd50e"), product("#fcd50e")
    font = ImageFont.load_default(36)
    for number, line in enumerate(("SALE -50%", "100% cotton")):
        ImageDraw.Draw(lettered).text((30, 20 + 50 * number), line, fill="#111111", font=font)
    for left in range(140, 340, 14):
        ImageDraw.Draw(striped).rectangle((left, 100, left + 6, 300), fill="#111111")
    assert measure(lettered)["text"]["likelihood"] > 0.8
    assert measure(striped)["text"]["likelihood"] < 0.3
    assert measure(product())["text"]["likelihood"] < 0.1


def test_a_grey_product_in_its_own_shadow_stays_a_product() -> None:
    image = Image.new("RGB", (480, 400), "white")
    ImageDraw.Draw(image).rectangle((130, 110, 350, 310), fill="#c4c4c4")
    image = image.filter(ImageFilter.GaussianBlur(9))
    ImageDraw.Draw(image).rectangle((140, 100, 340, 300), fill="#c4c6c8")
    found = measure(image)
    assert found["subject"]["share"] > 0.15
    assert found["colors"][0]["name"] == "light_grey"
