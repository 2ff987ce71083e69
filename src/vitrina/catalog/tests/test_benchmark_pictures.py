from __future__ import annotations

from itertools import islice
from random import Random

import pytest
from django.core.management import call_command

from vitrina.catalog.pictures.benchmark import figures
from vitrina.catalog.pictures.benchmark.drawing import SHAPES, TEXTURES, draw
from vitrina.catalog.pictures.benchmark.figures import known_pictures
from vitrina.catalog.pictures.benchmark.known_colors import SHADES, shades
from vitrina.catalog.pictures.benchmark.lettering import with_lettering, with_print
from vitrina.lib.pictures.colors import PALETTE
from vitrina.lib.pictures.measuring import measure


def test_the_colour_of_a_drawn_product_is_named_right_nine_times_of_ten() -> None:
    known = list(islice(known_pictures(held_out=True, rounds=1), 0, None, 3))
    told = [measure(draw(one.order))["colors"][0]["name"] for one in known]
    right = sum(name == one.name for name, one in zip(told, known, strict=True))
    assert len(known) >= 40
    assert right / len(known) >= 0.9


def test_there_are_enough_pictures_of_every_kind_in_either_half() -> None:
    for held_out in (False, True):
        known = list(known_pictures(held_out=held_out))
        assert len(known) >= 100
        assert {one.name for one in known} == {color.id for color in PALETTE} == set(SHADES)
        assert {one.order.texture for one in known} == set(TEXTURES)
        kinds = {(one.order.background, one.order.is_photographed) for one in known}
        assert kinds == {(behind, way) for behind in ("white", "plain", "scene") for way in (False, True)}


def test_nothing_that_was_tuned_on_is_held_out() -> None:
    tuned, held = (list(known_pictures(held_out=half)) for half in (False, True))
    assert {one.order.shape for one in tuned}.isdisjoint(one.order.shape for one in held)
    assert {one.order.seed for one in tuned}.isdisjoint(one.order.seed for one in held)
    assert {one.order.shape for one in (*tuned, *held)} == set(SHAPES)
    for name in SHADES:
        assert set(shades(name, held_out=False)).isdisjoint(shades(name, held_out=True))


def test_the_same_order_draws_the_same_picture() -> None:
    for known in islice(known_pictures(held_out=False), 0, 12, 5):
        assert draw(known.order).tobytes() == draw(known.order).tobytes()


def test_lettering_is_warned_of_and_a_print_or_a_plain_product_seldom() -> None:
    lettering, prints, neither = figures.lettering_told(held_out=True, every=5)
    assert (lettering.pictures, prints.pictures, neither.pictures) == (26, 12, 12)
    assert lettering.share >= 0.8
    assert prints.share <= 0.25
    assert neither.share == 0
    assert lettering.mean > prints.mean > 0


@pytest.mark.parametrize("put_on", [with_lettering, with_print])
def test_what_is_put_on_a_picture_leaves_the_picture_alone(put_on: object) -> None:
    assert callable(put_on)
    image = draw(next(known_pictures(held_out=False)).order)
    before = image.tobytes()
    assert put_on(Random(4), image).tobytes() != before
    assert image.tobytes() == before


def test_the_command_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("benchmark_pictures", "--mistakes", "--some", "40")
    printed = capsys.readouterr().out
    assert "held out" in printed
    assert "photographed" in printed
    assert f"ms per picture, {len(PALETTE)} names" in printed
