from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.pictures.colors import PALETTE, color, from_hex, nearest, to_hex, to_oklab, to_srgb

CHANNEL = st.integers(0, 255)


@given(CHANNEL, CHANNEL, CHANNEL)
def test_a_colour_comes_back_from_oklab(red: int, green: int, blue: int) -> None:
    back = to_srgb(to_oklab(red, green, blue))
    assert max(abs(one - other) for one, other in zip(back, (red, green, blue), strict=True)) <= 1


@given(CHANNEL, CHANNEL, CHANNEL)
def test_a_colour_comes_back_from_its_hex(red: int, green: int, blue: int) -> None:
    assert from_hex(to_hex(red, green, blue)) == (red, green, blue)


def test_lightness_goes_from_black_to_white() -> None:
    assert to_oklab(0, 0, 0) == pytest.approx((0, 0, 0), abs=1e-6)
    assert to_oklab(255, 255, 255) == pytest.approx((1, 0, 0), abs=1e-4)


@given(CHANNEL, CHANNEL, CHANNEL)
def test_every_colour_has_a_name_in_two_languages(red: int, green: int, blue: int) -> None:
    named = nearest(to_oklab(red, green, blue))
    assert color(named.id) is named
    assert re.fullmatch("[а-яё-]+", named.name("ru"))
    assert re.fullmatch("[a-z -]+", named.name("en"))


def test_the_shades_of_a_name_bear_it() -> None:
    assert len({entry.id for entry in PALETTE}) == len(PALETTE)
    for entry in PALETTE:
        for shade in entry.shades.split():
            assert nearest(to_oklab(*from_hex(shade))) is entry


@pytest.mark.parametrize("text", ["", "#fff", "12345g", "#1234567"])
def test_what_is_no_hex_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_hex(text)
