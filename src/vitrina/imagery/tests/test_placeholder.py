"""Without any service a picture is drawn all the same, and says that it is a placeholder."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from vitrina.imagery.placeholder import placeholder
from vitrina.imagery.ports import Order, ServiceSettings
from vitrina.imagery.scene import Recipe
from vitrina.imagery.services.placeholder import MODEL, Placeholder
from vitrina.lib.pictures.quality.judged import Expected
from vitrina.lib.pictures.quality.judging import judge

NIGHT = Order(MODEL, "a dark castle on a hill at night", 1024, 768, seed=7, recipe=Recipe.BOOK_SCENE)
CLIO = Order(MODEL, "Renault Clio hatchback, three-quarter front view", 1024, 768, seed=7, recipe=Recipe.CAR_ANGLE, color="#B3262C")  # fmt: skip
MUG = Order(MODEL, "a mug", 1000, 1000, seed=7, recipe=Recipe.PRODUCT_SHOT, color="#2B5C9E")
SHOWN = [
    NIGHT,
    *(replace(NIGHT, prompt=prompt) for prompt in (
        "dense forest in the fog at dawn", "a village with a church at sunset", "a ship in a storm, rain",
        "a library room by candle light", "a portrait of a knight, winter, snow", "somewhere",
    )),
    CLIO,
    *(replace(CLIO, prompt=prompt) for prompt in (
        "suv, three-quarter rear view", "sedan, straight front view", "wagon, side view of the left side",
        "coupe, side view of the right side", "sedan, rear view", "close view of the left front wheel",
        "view of the dashboard", "wide view of the cabin", "view of the rear bench",
        "close view of the left headlight", "view into the engine bay", "view into the open luggage compartment",
    )),
    MUG,
    *(replace(MUG, prompt=prompt) for prompt in (
        "a bottle of shampoo", "a dress", "a smartphone", "a leather bag", "a toy", "a green mug on a kitchen table",
    )),
]  # fmt: skip


def opened(order: Order) -> Image.Image:
    image = Image.open(io.BytesIO(placeholder(order)[0]))
    image.load()
    return image


@pytest.mark.parametrize("order", SHOWN, ids=lambda order: order.prompt)
def test_the_quality_check_finds_nothing_wrong_with_it(order: Order) -> None:
    data, media_type = placeholder(order)
    judged = judge(data, media_type, Expected(order.width, order.height, may_have_words=True))

    assert judged.score >= 90, judged.issues
    assert len(data) > 10_000


def test_equal_orders_give_equal_bytes_and_another_seed_another_picture() -> None:
    assert placeholder(NIGHT) == placeholder(NIGHT)
    assert placeholder(replace(NIGHT, seed=8)) != placeholder(NIGHT)


def test_a_night_is_darker_than_a_day_and_a_car_has_the_color_that_was_asked_for() -> None:
    day = replace(NIGHT, prompt="a castle on a sunny day")
    assert mean(opened(NIGHT))[1] < mean(opened(day))[1] - 40

    body = (400, 420, 560, 470)  # the bonnet, between the lamps and the windshield
    red, blue = (mean(opened(replace(CLIO, color=color)).crop(body)) for color in ("#B3262C", "#2B5C9E"))
    assert red[0] > red[2] + 40
    assert blue[2] > blue[0] + 40


def test_each_angle_is_another_picture() -> None:
    views = [opened(order).resize((32, 24)) for order in SHOWN if order.recipe == Recipe.CAR_ANGLE]
    for number, one in enumerate(views):
        for other in views[:number]:
            assert max(mean(ImageChops.difference(one, other))) > 4


def test_a_product_stands_on_pure_white() -> None:
    page = opened(MUG)

    assert page.crop((0, 0, 1000, 150)).getextrema() == ((255, 255),) * 3


def test_the_band_says_what_it_is_in_any_size() -> None:
    for size in ((256, 256), (1024, 768), (2048, 1152)):
        page = opened(replace(NIGHT, prompt="a sunny day", width=size[0], height=size[1]))
        band = page.crop((0, page.height - round(min(size) * 0.05), *page.size)).convert("L")
        assert page.size == size
        assert ImageStat.Stat(band).mean[0] < 90
        assert band.getextrema()[1] > 200  # letters


@settings(max_examples=25, deadline=None)
@given(
    st.text(max_size=80),
    st.sampled_from([*Recipe, ""]),
    st.integers(64, 900),
    st.integers(64, 900),
    st.one_of(st.none(), st.integers(0, 2**31)),
    st.one_of(st.just(""), st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.text(max_size=8)),
)
def test_any_words_in_any_size_become_a_picture_of_that_size(
    words: str, recipe: str, width: int, height: int, seed: int | None, color: str
) -> None:
    order = Order(MODEL, words, width, height, seed=seed, recipe=str(recipe), color=color)

    assert opened(order).size == (width, height)


def test_the_service_draws_beside_the_loop_and_asks_nobody() -> None:
    drawn = asyncio.run(Placeholder(ServiceSettings("")).draw(NIGHT, None, 20))  # type: ignore[arg-type]

    assert (drawn.data, drawn.media_type) == placeholder(NIGHT)
    assert (drawn.cost, drawn.seed, drawn.model) == (0, 7, MODEL)


def mean(image: Image.Image) -> list[float]:
    return ImageStat.Stat(image.convert("RGB")).mean
