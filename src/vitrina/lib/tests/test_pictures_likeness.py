"""Nearly the same pictures are near, others are far, and the same thing in another colour is another picture."""

from __future__ import annotations

import itertools

from bench.drawn_products import product, variations
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vitrina.lib.pictures.likeness import NEAR, distance, likeness

BITS = st.integers(-(2**63), 2**63 - 1)
SIZE = (300, 400)


@given(BITS, BITS, BITS)
def test_distance_is_one(one: int, other: int, third: int) -> None:
    assert distance(one, one) == 0
    assert distance(one, other) == distance(other, one) <= 64
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, third) <= distance(one, other) + distance(other, third)


def test_it_counts_every_bit_with_the_sign_as_one() -> None:
    assert distance(0, -1) == 64
    assert distance(-1, 2**63 - 1) == 1


@given(
    st.tuples(st.integers(1, 300), st.integers(1, 300)),
    st.tuples(*[st.integers(0, 255)] * 3),
    st.sampled_from(["RGB", "L"]),
)
def test_any_picture_has_one_and_it_fits_a_signed_column(
    size: tuple[int, int], colour: tuple[int, int, int], mode: str
) -> None:
    image = Image.new("RGB", size, colour).convert(mode)
    assert -(2**63) <= likeness(image) < 2**63
    assert likeness(image) == likeness(image.resize((50, 50)))  # of one colour: its size says nothing


def test_what_became_of_a_picture_elsewhere_is_near_it() -> None:
    apart = [
        distance(likeness(image), likeness(other))
        for seed in range(12)
        for image in [product(seed, SIZE)]
        for _name, other in variations(image, seed)
    ]
    assert len(apart) == 96
    assert sum(bits <= NEAR for bits in apart) >= 93


def test_others_are_far() -> None:
    all_of_them = [likeness(product(seed, SIZE)) for seed in range(60)]
    assert all(distance(one, other) > NEAR for one, other in itertools.combinations(all_of_them, 2))


def test_the_same_thing_in_a_clearly_other_colour_is_far() -> None:
    """Seed 7 is a plain green thing on white."""
    green, red, blue = (likeness(product(7, SIZE, hue=hue)) for hue in (0.35, 0.0, 0.62))
    assert min(distance(green, red), distance(green, blue), distance(red, blue)) > NEAR
