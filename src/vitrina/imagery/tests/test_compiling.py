"""A scene is told to each model in its own way, within its limits, and what it can't honour is said."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.imagery import compiling
from vitrina.imagery.compiling import PromptTooLong, compiled
from vitrina.imagery.options import Options
from vitrina.imagery.ports import Abilities, Reference, Sizes, Style
from vitrina.imagery.scene import Exclusion, Recipe, Scene

KEYWORDS = Abilities(style=Style.KEYWORDS, has_negative=True, has_guidance=True)
PROSE = Abilities(style=Style.PROSE)
CASTLE = Scene(
    recipe=Recipe.BOOK_SCENE,
    parts=("dark castle on a hill", "wide view", "highly detailed"),
    exclusions=(
        Exclusion(words="watermark, text", instead="clean unmarked surfaces"),
        Exclusion(words="modern cars"),
    ),
)

words = st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs", "P")), min_size=1, max_size=60)
sides = st.integers(1, 5000)
scenes = st.builds(
    Scene,
    recipe=st.sampled_from(Recipe),
    frozen=st.one_of(st.just(""), words),
    parts=st.lists(words, min_size=1, max_size=6).map(tuple),
    exclusions=st.lists(st.builds(Exclusion, words=words, instead=st.one_of(st.just(""), words))).map(tuple),
    width=sides,
    height=sides,
    guidance=st.floats(0, 40),
    steps=st.integers(0, 400),
    is_high_quality=st.booleans(),
)
options = st.builds(
    Options,
    style=st.lists(words, max_size=4).map(tuple),
    negative=st.lists(words, max_size=4).map(tuple),
    ratio=st.one_of(st.none(), st.tuples(st.integers(1, 40), st.integers(1, 40))),
    is_high_quality=st.booleans(),
)


@st.composite
def limits(draw: st.DrawFn) -> Abilities:
    """Any model that could exist: its smallest square lies within its other limits."""
    step = draw(st.sampled_from((1, 8, 16, 64)))
    least = draw(st.integers(1, 600))
    floor = -(-least // step) * step
    most_pixels = draw(st.one_of(st.none(), st.integers(floor * floor, 10_000_000)))
    least_pixels = draw(st.one_of(st.none(), st.integers(1, 700_000)))
    if least_pixels is not None:  # then nothing else may be narrow
        most_pixels = max(most_pixels or 0, 8_294_400)
    return Abilities(
        sizes=draw(st.sampled_from(Sizes)),
        step=step,
        least_side=least,
        most_side=draw(st.one_of(st.none(), st.integers(max(floor, 3840) if least_pixels else floor, 6000))),
        least_pixels=least_pixels,
        most_pixels=most_pixels,
        most_ratio=draw(st.one_of(st.none(), st.floats(1.2 if least_pixels else 1, 8))),
        listed=tuple(draw(st.lists(st.tuples(sides, sides), min_size=1, max_size=4))),
        ratios=tuple(
            draw(st.lists(st.tuples(st.integers(1, 21), st.integers(1, 21)), min_size=1, max_size=5))
        ),
        style=draw(st.sampled_from(Style)),
        most_prompt=draw(st.one_of(st.none(), st.integers(60, 300))),
        has_negative=draw(st.booleans()),
        has_seed=draw(st.booleans()),
        least_seed=draw(st.integers(0, 3)),
        most_seed=draw(st.integers(3, 2**32)),
        has_guidance=draw(st.booleans()),
        guidance_range=(draw(st.floats(0, 5)), draw(st.floats(5, 30))),
        most_steps=draw(st.integers(1, 150)),
        most_references=draw(st.integers(0, 3)),
    )


@given(scenes, options, limits(), st.one_of(st.none(), st.integers(0, 2**40)), st.integers(0, 5))
def test_any_scene_becomes_an_order_within_the_limits_of_any_model(
    scene: Scene, chosen: Options, able: Abilities, seed: int | None, count: int
) -> None:
    order = compiled(scene, chosen, able, "m", seed, references(count)).order

    assert scene.frozen in order.prompt
    assert order.prompt
    if able.most_prompt is not None:
        assert len(order.prompt) <= able.most_prompt
        assert len(order.negative) <= able.most_prompt
    if not able.has_negative:
        assert order.negative == ""
    assert len(order.references) == min(count, able.most_references)
    if able.has_seed and seed is not None:
        assert order.seed is not None
        assert able.least_seed <= order.seed <= able.most_seed
    else:
        assert order.seed is None
    if able.has_guidance:
        assert able.guidance_range[0] <= order.guidance <= able.guidance_range[1]
        assert 1 <= order.steps <= able.most_steps
    else:
        assert order.guidance is order.steps is None
    match able.sizes:
        case Sizes.LISTED:
            assert (order.width, order.height) in able.listed
        case Sizes.RATIO:
            assert order.ratio in able.ratios
        case Sizes.PIXELS:
            assert order.ratio is None
            assert order.width % able.step == order.height % able.step == 0
            assert min(order.width, order.height) >= able.least_side
            if able.most_side:
                assert max(order.width, order.height) <= max(
                    able.most_side, -(-able.least_side // able.step) * able.step
                )
            assert order.width * order.height >= (able.least_pixels or 0)
            if able.most_pixels:
                assert order.width * order.height <= able.most_pixels
            if able.most_ratio:
                assert max(order.width, order.height) <= min(order.width, order.height) * able.most_ratio


NAMES = st.lists(st.from_regex(r"x[a-m]{6,9}", fullmatch=True), min_size=1, max_size=5, unique=True)
OTHER = st.from_regex(r"o[n-z]{3,9}", fullmatch=True)


@given(NAMES, NAMES, st.data(), limits())
def test_nothing_forbidden_is_named_to_a_model_without_a_negative_prompt(
    forbidden: list[str], unwanted: list[str], data: st.DataObject, able: Abilities
) -> None:
    """Also where what shall be seen in its place names it, or names what another exclusion forbids."""
    insteads = st.one_of(
        OTHER, st.just(""), st.sampled_from(forbidden), st.sampled_from(unwanted).map(str.upper)
    )
    scene = Scene(
        recipe=Recipe.FREE,
        parts=("a quiet room",),
        exclusions=tuple(Exclusion(words=each, instead=data.draw(insteads)) for each in forbidden),
    )
    made = compiled(scene, Options(negative=tuple(unwanted)), able, "m", 1)

    said = set(re.findall(r"\w+", made.order.prompt.casefold()))
    assert not said & {*forbidden, *unwanted}
    if able.has_negative and able.most_prompt is None:
        assert {*forbidden, *unwanted} <= set(made.order.negative.split(", "))
    if not able.has_negative:
        told = {drop.values["words"] for drop in made.dropped if drop.code == "exclusion"}
        assert set(unwanted) <= told


@given(scenes, options, limits())
def test_whatever_is_left_out_is_told_in_a_sentence_that_can_be_filled(
    scene: Scene, chosen: Options, able: Abilities
) -> None:
    made = compiled(scene, chosen, able, "m", 7)

    for drop in made.dropped:
        assert "%(" not in drop.sentence % dict(drop.values)
    codes = {drop.code for drop in made.dropped}
    if (
        able.sizes is Sizes.PIXELS
        and not chosen.ratio
        and (made.order.width, made.order.height)
        != (
            scene.width,
            scene.height,
        )
    ):
        assert "size" in codes


def test_stable_diffusion_is_told_in_keywords_with_a_negative_prompt() -> None:
    made = compiled(CASTLE, Options(style=("oil painting",), negative=("people",)), KEYWORDS, "sdxl", 5)

    assert made.order.prompt == "dark castle on a hill, wide view, highly detailed, oil painting"
    assert made.order.negative == "watermark, text, modern cars, people"
    assert made.dropped == ()


def test_others_are_told_in_prose_and_what_is_seen_in_place_of_what_must_not_be() -> None:
    made = compiled(CASTLE, Options(style=("oil painting", "muted colors")), PROSE, "flux", 5)

    assert made.order.prompt == (
        "Dark castle on a hill. Wide view. Highly detailed. Oil painting, muted colors. Clean unmarked surfaces."
    )
    assert made.order.negative == ""
    assert [(drop.code, drop.values) for drop in made.dropped] == [
        ("exclusion", {"words": "modern cars"}),
        ("guidance", {}),
    ]


def test_the_frozen_block_comes_first_as_it_is() -> None:
    frozen = "Renault Clio,  2021; color: #C0392B — same trim"
    scene = Scene(recipe=Recipe.CAR_ANGLE, frozen=frozen, parts=("front view",))

    assert compiled(scene, Options(), KEYWORDS, "m", 1).order.prompt == f"{frozen}, front view"
    assert compiled(scene, Options(), PROSE, "m", 1).order.prompt == f"{frozen}. Front view."


def test_a_prompt_that_is_too_long_loses_whole_parts_from_its_least_important_end() -> None:
    scene = CASTLE.model_copy(update={"frozen": "F" * 20})
    made = compiled(scene, Options(style=("oil painting",)), Abilities(most_prompt=75), "m", 1)

    assert made.order.prompt == "F" * 20 + ". Dark castle on a hill. Wide view. Oil painting."
    assert [drop.values["words"] for drop in made.dropped if drop.code == "prompt"] == [
        "clean unmarked surfaces",
        "highly detailed",
    ]


def test_a_first_part_longer_than_the_limit_is_cut_at_the_end_of_a_word() -> None:
    scene = Scene(recipe=Recipe.FREE, parts=("a very long description of an old house",))
    made = compiled(scene, Options(), Abilities(most_prompt=20), "m", 1)

    assert made.order.prompt == "A very long."
    assert made.dropped[0].sentence == compiling.PART_SHORTENED


def test_a_frozen_block_is_never_shortened_another_model_is_to_be_asked() -> None:
    scene = Scene(recipe=Recipe.CAR_ANGLE, frozen="a" * 300, parts=("front view",))

    with pytest.raises(PromptTooLong, match=r"300 characters, and this model reads at most 256"):
        compiled(scene, Options(), Abilities(most_prompt=256), "schnell", 1)


@pytest.mark.parametrize(
    ("ratio", "size"),
    [
        ((16, 9), (2048, 1152)),
        ((4, 3), (1024, 768)),
        ((3, 4), (768, 1024)),
        ((1, 1), (512, 512)),
        ((5, 3), (1280, 768)),
    ],
)
def test_a_chosen_ratio_is_counted_in_units_of_128(ratio: tuple[int, int], size: tuple[int, int]) -> None:
    order = compiled(CASTLE, Options(ratio=ratio), PROSE, "m", 1).order

    assert (order.width, order.height) == size


def test_a_size_too_large_keeps_its_proportions_within_the_limit() -> None:
    able = Abilities(step=64, most_pixels=1024 * 1024)
    made = compiled(CASTLE, Options(ratio=(16, 9)), able, "m", 1)

    assert (made.order.width, made.order.height) == (1344, 768)
    assert made.dropped[-2].values == {
        "width": 1344,
        "height": 768,
        "wanted_width": 2048,
        "wanted_height": 1152,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        ((1024, 768), (1536, 1024)),
        ((768, 1024), (1024, 1536)),
        ((1000, 1000), (1024, 1024)),
        ((1280, 768), (1536, 1024)),
    ],
)
def test_of_listed_sizes_the_nearest_in_proportions_and_area_is_taken(
    wanted: tuple[int, int], taken: tuple[int, int]
) -> None:
    able = Abilities(sizes=Sizes.LISTED, listed=((1024, 1024), (1536, 1024), (1024, 1536)))
    scene = CASTLE.model_copy(update={"width": wanted[0], "height": wanted[1]})

    order = compiled(scene, Options(), able, "m", 1).order

    assert (order.width, order.height) == taken


def test_where_only_a_ratio_is_told_the_nearest_one_is() -> None:
    able = Abilities(sizes=Sizes.RATIO, ratios=((1, 1), (3, 2), (16, 9), (2, 3)))
    made = compiled(CASTLE, Options(), able, "m", 1)

    assert made.order.ratio == (3, 2)
    assert made.dropped[1].values == {"ratio": "3:2", "wanted_width": 1024, "wanted_height": 768}


def test_high_quality_adds_one_to_the_guidance_and_takes_50_steps_once() -> None:
    plain = compiled(CASTLE, Options(is_high_quality=True), KEYWORDS, "m", 1).order
    done = CASTLE.model_copy(update={"is_high_quality": True, "guidance": 8.5, "steps": 50})

    assert (plain.guidance, plain.steps, plain.is_high_quality) == (8.5, 50, True)
    assert compiled(done, Options(is_high_quality=True), KEYWORDS, "m", 1).order == plain


def test_a_seed_that_a_person_chose_and_the_model_does_not_take_is_told() -> None:
    able = Abilities(has_negative=True, has_guidance=True, least_seed=1, most_seed=10)
    made = compiled(CASTLE, Options(seed=12), able, "m", 12)

    assert made.order.seed == 2
    assert made.dropped[0].values == {"seed": 2, "wanted": 12}


def references(count: int) -> tuple[Reference, ...]:
    return tuple(Reference(b"x", "image/jpeg", f"{number:064x}") for number in range(count))
