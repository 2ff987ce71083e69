from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.catalog import limits
from vitrina.catalog.pictures.rules import CHECKS, CardPicture, seen
from vitrina.catalog.preflight import holds_back, preflight
from vitrina.catalog.tests.test_preflight import GOOD, URLS

FINE = CardPicture(1, "image/jpeg", 1200, 1600, 400_000, background="white", sharpness="sharp", words=0.05)


def problems(target: str, *pictures: CardPicture, hard: bool = True) -> dict[str, str]:
    goal = limits.target(target)
    card = replace(GOOD, image_urls=URLS[:5], pictures=pictures).for_target(goal)
    found = preflight(card, goal)
    return {
        problem.code: str(problem.remark)
        for problem in (holds_back(found) if hard else found)
        if problem.code.startswith("pictures.")
    }


@pytest.mark.parametrize("target", list(limits.targets()))
def test_a_good_picture_may_go_everywhere(target: str) -> None:
    assert problems(target, FINE, hard=False) == {}


@pytest.mark.parametrize("target", list(limits.targets()))
def test_pictures_that_are_not_stored_break_no_rule(target: str) -> None:
    assert problems(target, hard=False) == {}


@pytest.mark.parametrize("target", list(limits.targets()))
def test_what_was_not_measured_breaks_no_rule(target: str) -> None:
    unmeasured = seen(1, media_type="image/jpeg", width=1200, height=1600, size=400_000, measured={})
    assert problems(target, unmeasured, hard=False) == {}


@pytest.mark.parametrize(
    ("target", "change", "code", "sentence"),
    [
        (
            "wildberries",
            {"height": 899},
            "min_pixels",
            "too few pixels in picture 2 (1200 × 899); the least are 700 × 900",
        ),
        (
            "wildberries",
            {"size": 33 * 1024 * 1024},
            "max_megabytes",
            "too large a file in picture 2 (33.0 MB); the limit is 32 MB",
        ),
        (
            "wildberries",
            {"media_type": "image/avif"},
            "formats",
            "a format that isn't taken in picture 2 (AVIF); allowed are: JPEG, PNG, BMP, GIF, WebP",
        ),
        (
            "ozon",
            {"media_type": "image/webp"},
            "formats",
            "a format that isn't taken in picture 2 (WEBP); allowed are: JPEG, PNG",
        ),
        (
            "google",
            {"width": 99, "height": 99},
            "min_pixels",
            "too few pixels in picture 2 (99 × 99); the least are 100 × 100",
        ),
        (
            "google",
            {"width": 9000, "height": 9000},
            "max_megapixels",
            "too many pixels in picture 2 (81.0 million); the limit is 64 million",
        ),
    ],
)
def test_a_broken_limit_holds_the_card_back_and_names_the_picture(
    target: str, change: dict[str, Any], code: str, sentence: str
) -> None:
    assert problems(target, FINE, replace(FINE, number=2, **change))[f"pictures.{code}"] == sentence


@pytest.mark.parametrize(
    ("target", "change", "code", "sentence"),
    [
        (
            "ozon",
            {"width": 1000, "height": 1000},
            "proportions",
            "other proportions in picture 1 (1000 × 1000); 3 : 4 is shown whole",
        ),
        (
            "google",
            {"width": 400},
            "best_pixels",
            "few pixels in picture 1 (400 × 1600); better are 500 × 500",
        ),
        (
            "google",
            {"background": "scene"},
            "main_on_white",
            "the main picture has no white background",
        ),
        ("google", {"words": 0.97}, "no_words", "there seem to be words on picture 1"),
        ("yandex_market", {"sharpness": "blurred"}, "not_blurred", "blurred: picture 1"),
    ],
)
def test_advice_is_told_and_holds_nothing_back(
    target: str, change: dict[str, Any], code: str, sentence: str
) -> None:
    picture = replace(FINE, **change)
    assert problems(target, picture, hard=False)[f"pictures.{code}"] == sentence
    assert problems(target, picture) == {}


def test_several_pictures_are_told_in_one_sentence() -> None:
    small = [replace(FINE, number=number, width=300) for number in (1, 3, 4)]
    told = problems("wildberries", *small)
    assert told == {
        "pictures.min_pixels": "too few pixels in picture 1, 3, 4 (300 × 1600); the least are 700 × 900"
    }


def test_only_the_main_picture_has_to_stand_on_white() -> None:
    assert "pictures.main_on_white" not in problems(
        "google", FINE, replace(FINE, number=2, background="scene"), hard=False
    )


WORDS = st.text("аЯx7 %{}<", max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
PARTS = st.sampled_from(["text", "background", "sharpness", "colors"])


@given(
    st.lists(
        st.builds(
            seen,
            st.integers(1, 30),
            media_type=st.sampled_from(["image/jpeg", "image/avif", "image/gif", ""]),
            width=st.integers(1, 20_000),
            height=st.integers(1, 20_000),
            size=st.integers(0, 10**9),
            measured=st.dictionaries(
                PARTS, JSON | st.dictionaries(st.sampled_from(["kind", "likelihood"]), JSON)
            ),
        ),
        max_size=4,
    ),
    st.sampled_from(list(limits.targets())),
)
def test_whatever_is_stored_is_judged_in_whole_sentences(pictures: list[CardPicture], target: str) -> None:
    for sentence in problems(target, *pictures, hard=False).values():
        assert "%(" not in sentence
    of_pictures = [limit for limit in limits.target(target).limits if limit.field == "pictures"]
    assert {limit.limit for limit in of_pictures if limit.kind != limits.NOT_CHECKED} <= set(CHECKS)
