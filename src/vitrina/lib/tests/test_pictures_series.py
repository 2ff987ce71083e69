"""Pictures held against one another by what was measured of them: a product and its photo, the angles of a series."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from vitrina.lib.pictures.looks import SIDE, apart, brightness_bits, outline_bits, overlap
from vitrina.lib.pictures.measuring import measure
from vitrina.lib.pictures.quality.comparison import MOST_WITHOUT_OUTLINE, compare
from vitrina.lib.pictures.quality.consistency import Angle, agreement, consistency, duplicates
from vitrina.lib.pictures.quality.surfaces import body, far, surfaces

Shape = Callable[[ImageDraw.ImageDraw, str], None]


def ball(draw: ImageDraw.ImageDraw, color: str) -> None:
    draw.ellipse((120, 90, 280, 250), fill=color)


def boot(draw: ImageDraw.ImageDraw, color: str) -> None:
    draw.polygon([(130, 60), (200, 60), (210, 190), (320, 220), (320, 260), (120, 260)], fill=color)


def car(draw: ImageDraw.ImageDraw, color: str) -> None:
    draw.polygon(
        [(40, 220), (60, 160), (140, 150), (180, 100), (290, 100), (330, 160), (370, 170), (370, 220)],
        fill=color,
    )
    draw.polygon([(160, 148), (190, 112), (280, 112), (310, 152)], fill="#20262c")
    for x in (90, 290):
        draw.ellipse((x, 200, x + 50, 250), fill="#141416")


def front(draw: ImageDraw.ImageDraw, color: str) -> None:
    draw.polygon([(100, 240), (96, 160), (130, 80), (270, 80), (304, 160), (300, 240)], fill=color)
    draw.polygon([(130, 150), (150, 96), (250, 96), (270, 150)], fill="#20262c")


def shown(shape: Shape, color: str, behind: str = "white") -> dict[str, Any]:
    image = Image.new("RGB", (400, 300), behind)
    shape(ImageDraw.Draw(image), color)
    return measure(image)


def test_the_same_product_before_another_colour_is_the_same() -> None:
    told = compare(shown(boot, "#b01c24"), shown(boot, "#a81a22", behind="#b8c4d0"))
    assert (told.is_same, told.changes, told.is_shape_known) == (True, (), True)
    assert (told.likelihood or 0) > 0.9


@pytest.mark.parametrize(
    ("shape", "color", "codes"),
    [(boot, "#1c4ab0", ["color"]), (ball, "#b01c24", ["outline"]), (ball, "#1c4ab0", ["color", "outline"])],
)
def test_what_changed_is_said(shape: Shape, color: str, codes: list[str]) -> None:
    told = compare(shown(boot, "#b01c24"), shown(shape, color))
    assert told.is_same is False
    assert [change.code for change in told.changes] == codes
    assert all(change.times > 1 and change.sentence % change.values for change in told.changes)


def test_a_mirrored_product_is_the_same() -> None:
    image = Image.new("RGB", (400, 300), "white")
    boot(ImageDraw.Draw(image), "#b01c24")
    told = compare(measure(image), measure(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    assert told.is_same is True


def test_without_an_outline_it_is_never_sure_that_it_is_the_same() -> None:
    reference, picture = shown(boot, "#b01c24"), shown(ball, "#b01c24")
    picture["subject"] = None
    told = compare(reference, picture)
    assert (told.is_shape_known, told.changes) == (False, ())
    assert told.likelihood == MOST_WITHOUT_OUTLINE


def test_nothing_known_is_no_answer() -> None:
    for measured in (
        {},
        {"colors": [], "subject": None},
        {"colors": [{"hex": "no", "share": "?"}], "version": 1},
    ):
        told = compare(measured, shown(boot, "#b01c24"))
        assert (told.likelihood, told.is_same, told.changes) == (None, None, ())


def test_the_body_is_neither_glass_nor_tyre_unless_all_of_it_is_dark() -> None:
    painted = surfaces({"colors": [{"hex": "#16181a", "share": 0.5}, {"hex": "#c41822", "share": 0.4}]})
    assert (body(painted) or painted[0]).hex == "#c41822"
    dark = surfaces({"colors": [{"hex": "#16181a", "share": 0.7}, {"hex": "#202428", "share": 0.2}]})
    assert (body(dark) or dark[1]).hex == "#16181a"
    assert body([]) is None


def test_angles_of_one_car_agree_and_one_of_another_colour_is_odd() -> None:
    angles = [Angle("side", shown(car, "#b01c24")), Angle("front", shown(front, "#a31a20"))]
    told = consistency(angles)
    assert told.body == pytest.approx(1, abs=0.1)
    assert (told.palette or 0) > 0.8
    assert (told.odd, told.duplicates) == ((), ())
    told = consistency([*angles, Angle("rear", shown(front, "#1c4ab0", "#f0f0f0"))])
    assert told.odd == ("rear",)
    assert (told.body or 0) < 0.5
    assert consistency(angles, color="#1c4ab0").odd == ("side", "front")


def test_an_angle_that_does_not_show_the_body_says_nothing_about_it() -> None:
    angles = [Angle("side", shown(car, "#b01c24")), Angle("interior", shown(ball, "#1c4ab0"))]
    told = consistency(angles, without_color=frozenset(["interior"]))
    assert (told.body, told.palette, set(told.bodies)) == (None, None, {"side"})


def test_two_angles_that_are_the_same_picture_are_named() -> None:
    angles = [Angle("side", shown(car, "#b01c24")), Angle("front", shown(front, "#b01c24"))]
    assert duplicates(angles) == ()
    assert duplicates([*angles, Angle("rear", shown(car, "#a81a22"))]) == (("side", "rear"),)
    assert duplicates([Angle("one", {"version": 1}), Angle("other", {"version": 1})]) == ()


@given(st.floats(0, 2), st.floats(0, 2))
def test_agreement_falls_as_colours_part(one: float, other: float) -> None:
    near, further = sorted((one, other))
    assert 0 <= agreement(further, 0.05, 0.16) <= agreement(near, 0.05, 0.16) <= 1


@given(st.tuples(*[st.floats(-0.3, 0.3)] * 3), st.tuples(*[st.floats(-0.3, 0.3)] * 3))
def test_far_is_a_distance(one: tuple[float, float, float], other: tuple[float, float, float]) -> None:
    assert far(one, one) == 0
    assert far(one, other) == far(other, one) >= 0


@given(st.binary(min_size=SIDE * SIDE, max_size=SIDE * SIDE))
@settings(max_examples=40)
def test_an_outline_overlaps_itself_and_its_mirror_wholly(shares: bytes) -> None:
    mask = Image.frombytes("L", (SIDE, SIDE), bytes(255 * (share > 100) for share in shares)).resize((64, 64))
    told = outline_bits(mask)
    if told is None:
        assert not any(mask.tobytes())
        return
    turned = outline_bits(mask.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    assert turned is not None
    assert overlap(told[0], told[0]) in (0.0, 1.0)  # 0: too thin to fill half a cell anywhere
    assert overlap(told[0], turned[0]) == overlap(turned[0], told[0])


def test_the_brightness_of_a_picture_outlives_saving_and_lighting() -> None:
    image = Image.new("L", (400, 300), 230)
    car(ImageDraw.Draw(image), "#808080")
    bits = brightness_bits(image)
    assert len(bits) == 16
    assert apart(bits, brightness_bits(image.resize((200, 150)))) <= 6
    assert apart(bits, brightness_bits(image.point([value * 4 // 5 for value in range(256)]))) <= 6
    assert apart(bits, brightness_bits(image.transpose(Image.Transpose.FLIP_TOP_BOTTOM))) > 12
