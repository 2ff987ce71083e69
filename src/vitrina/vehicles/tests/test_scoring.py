"""The score of a series tells its parts, and what can't be judged is neither right nor wrong."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from vitrina.vehicles import recipe, scoring
from vitrina.vehicles.angles import ANGLES, USUAL, angle
from vitrina.vehicles.scoring import Part, Pixels, Score, Shot

BMW = recipe.car(brand="BMW", model="X5", year=2020, color="red", body_type="crossover")
BLOCK = recipe.frozen(BMW)
SEEDS = [recipe.seed("CAR-00000001", identity) for identity in USUAL]


def shot(identity: str, *, has_negative: bool = False) -> Shot:
    made = recipe.scene(BMW, angle(identity))
    words = [made.frozen, *made.parts]
    if not has_negative:
        words += [each.instead for each in made.exclusions]
    return Shot(
        angle=identity,
        prompt=", ".join(words),
        negative=", ".join(each.words for each in made.exclusions) if has_negative else "",
        seed=recipe.seed("CAR-00000001", identity),
        service="stability",
        model="core",
        size=(1024, 768),
        references=("photo",),
        digest=identity,
        has_asked_color=True if angle(identity).is_exterior else None,
    )


WHOLE = [shot(identity) for identity in USUAL]
SEEN = Pixels(body_color=1.0, palette=1.0, distinct=1.0)


def part(found: Score, key: str) -> Part:
    return next(one for group in found.groups for one in group.parts if one.key == key)


def test_thirty_forty_and_thirty_make_a_hundred() -> None:
    found = scoring.score(BMW, BLOCK, WHOLE, SEEN, seeds=SEEDS)
    assert [(group.key, group.most) for group in found.groups] == [
        ("consistency", 30),
        ("relevance", 40),
        ("badge", 30),
    ]
    assert found.judged == 100
    assert found.total == 100


def test_a_service_with_a_negative_prompt_scores_as_well() -> None:
    shots = [shot(identity, has_negative=True) for identity in USUAL]
    assert scoring.score(BMW, BLOCK, shots, SEEN, seeds=SEEDS).total == 100


def test_what_cannot_be_judged_takes_nothing_and_is_said() -> None:
    found = scoring.score(BMW, BLOCK, WHOLE, seeds=SEEDS)
    assert part(found, "body_color").points is None
    assert found.judged == 80
    assert found.total == 100


def test_nothing_judged_is_no_score() -> None:
    found = scoring.score(BMW, BLOCK, [])
    assert found.total is None
    assert found.judged == 0


def test_another_badge_named_in_a_prompt_costs_the_part() -> None:
    wrong = replace(WHOLE[1], prompt=WHOLE[1].prompt + ", not a Volkswagen badge")
    found = scoring.score(BMW, BLOCK, [wrong], seeds=SEEDS)
    assert part(found, "no_wrong").points == 0


def test_a_front_without_the_badge_of_the_year_costs_the_part() -> None:
    bare = replace(WHOLE[1], prompt=BLOCK)
    found = scoring.score(BMW, BLOCK, [bare, WHOLE[0]])
    assert part(found, "right").points == 6
    assert part(found, "placed").points == 1.5


def test_no_badge_is_demanded_of_a_side_or_a_rear() -> None:
    found = scoring.score(BMW, BLOCK, [shot("side"), shot("rear")])
    assert part(found, "right").points is None
    assert part(found, "excluded").points == 5


def test_the_badge_of_an_unknown_brand_is_not_judged() -> None:
    unknown = recipe.car(brand="Korablev", model="A", year=2020)
    found = scoring.score(unknown, recipe.frozen(unknown), [replace(WHOLE[0], prompt="Korablev A 2020")])
    assert found.groups[2].points is None


def test_the_anchor_is_not_asked_for_its_own_picture() -> None:
    anchor, *others = WHOLE
    shots = [replace(anchor, references=()), *(replace(one, references=(anchor.digest,)) for one in others)]
    assert part(scoring.score(BMW, BLOCK, shots), "reference").points == 5
    shots[2] = replace(shots[2], references=())
    assert part(scoring.score(BMW, BLOCK, shots), "reference").points == 0


def test_two_makers_and_seeds_that_repeat_cost_their_parts() -> None:
    shots = [WHOLE[0], replace(WHOLE[1], service="openai")]
    found = scoring.score(BMW, BLOCK, shots, seeds=[1, 1])
    assert part(found, "maker").points == 0
    assert part(found, "seeds").points == 0


def test_pixels_that_disagree_cost_points_in_proportion() -> None:
    found = scoring.score(BMW, BLOCK, WHOLE, Pixels(body_color=0.5, palette=0.2, distinct=0.0))
    assert [part(found, key).points for key in ("body_color", "palette", "distinct")] == [5, 1, 0]


def test_a_picture_put_in_by_hand_is_not_asked_for_its_prompt() -> None:
    by_hand = replace(WHOLE[2], prompt="", service="by_hand", model="")
    found = scoring.score(BMW, BLOCK, [WHOLE[0], WHOLE[1], by_hand])
    assert part(found, "brand").points == 8
    assert part(found, "maker").points == 0


SHOTS = st.builds(
    Shot,
    angle=st.sampled_from([one.id for one in ANGLES]),
    prompt=st.text(max_size=60) | st.just(BLOCK),
    negative=st.text(max_size=20),
    references=st.lists(st.text(max_size=3), max_size=2).map(tuple),
    has_asked_color=st.none() | st.booleans(),
)
SHARES = st.none() | st.floats(0, 1)


@given(st.lists(SHOTS, max_size=8), st.builds(Pixels, body_color=SHARES, palette=SHARES, distinct=SHARES))
def test_no_part_gives_more_than_it_has_and_the_total_stays_within_a_hundred(
    shots: list[Shot], pixels: Pixels
) -> None:
    found = scoring.score(BMW, BLOCK, shots, pixels)
    for group in found.groups:
        for one in group.parts:
            assert one.points is None or 0 <= one.points <= one.most
    assert found.total is None or 0 <= found.total <= 100
