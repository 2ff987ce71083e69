"""One car from many angles: what each picture's scene says."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.vehicles import recipe
from vitrina.vehicles.angles import ANCHOR, ANGLES, USUAL, BadgeSeen, angle, in_order
from vitrina.vehicles.badges import brands, is_named
from vitrina.vehicles.recipe import Car

CLIO = recipe.car(
    brand="Рено", model="Клио", year=2021, color="синий металлик", body_type="хэтчбек", details="литые диски"
)
NAMES = st.sampled_from([name for one in brands() for name in one.spellings]) | st.text(max_size=30)


def told(one: Car, identity: str) -> str:
    made = recipe.scene(one, angle(identity))
    return " ".join((made.frozen, *made.parts))


def test_a_car_that_was_told_in_russian_is_told_on_in_english() -> None:
    block = recipe.frozen(CLIO)
    assert block.startswith("2021 Renault Clio, hatchback, body painted blue (#1f4fbf), alloy wheels.")
    assert block.isascii()


def test_what_is_not_known_is_not_told() -> None:
    assert recipe.frozen(recipe.car(brand="Kia", model="Rio")).startswith("Kia Rio. One and the same car")


@given(
    NAMES,
    st.text(max_size=20),
    st.none() | st.integers(1950, 2027),
    st.text(max_size=20),
    st.text(max_size=600),
)
def test_the_description_is_the_same_byte_for_byte_in_every_angle(
    brand: str, model: str, year: int | None, color: str, details: str
) -> None:
    one = recipe.car(brand=brand, model=model, year=year, color=color, details=details)
    assert len({recipe.scene(one, seen).frozen.encode() for seen in ANGLES}) == 1


def test_every_angle_has_words_of_its_own_and_the_same_size() -> None:
    assert len({seen.words for seen in ANGLES}) == len(ANGLES)
    assert len({(seen.width, seen.height) for seen in ANGLES}) == 1
    assert ANCHOR in USUAL
    assert len(USUAL) == 6


def test_the_badge_is_told_only_where_it_is_seen() -> None:
    assert "two parallel interlaced lines, open in the middle, center of the grille" in told(CLIO, "front")
    assert "interlaced" in told(CLIO, "three_quarter_front")
    assert "Renault badge or lettering in the middle of the tailgate" in told(CLIO, "rear")
    assert "grille" not in told(CLIO, "rear")
    for hidden in ("side", "side_right", "trunk", "rear_seats", "engine_bay"):
        assert "badge" not in told(CLIO, hidden)
        assert "emblem" not in told(CLIO, hidden)


def test_the_badge_follows_the_model_year() -> None:
    before = recipe.car(brand="Peugeot", model="308", year=2020)
    after = recipe.car(brand="Peugeot", model="308", year=2021)
    assert "hind legs" in told(before, "front")
    assert "roaring lion head" in told(after, "front")


def test_other_brands_are_named_among_the_exclusions_alone() -> None:
    for one in brands():
        car = recipe.car(brand=one.name, model="M", year=2023)
        for seen in ANGLES:
            made = recipe.scene(car, seen)
            positive = " ".join((made.frozen, *made.parts, *(each.instead for each in made.exclusions)))
            negative = " ".join(each.words for each in made.exclusions)
            for rival in one.confused_with:
                assert not is_named(rival, positive), (one.id, seen.id, rival)
                assert is_named(rival, negative) is (seen.badge is not BadgeSeen.NONE)


def test_every_exclusion_can_be_told_without_naming_it() -> None:
    for seen in ANGLES:
        assert all(each.instead for each in recipe.scene(CLIO, seen).exclusions)


def test_an_unknown_brand_is_told_as_it_was_written_and_no_badge_is_invented() -> None:
    car = recipe.car(brand="Кораблёв", model="Альфа-1", year=2020)
    assert car.brand is None
    assert "badge of Korablev as on the real car" in told(car, "front")


def test_the_body_color_is_checked_only_where_the_whole_car_is_seen() -> None:
    assert recipe.scene(CLIO, angle("side")).color == "#1f4fbf"
    assert recipe.scene(CLIO, angle("interior")).color == ""


@pytest.mark.parametrize("identity", [seen.id for seen in ANGLES])
def test_a_seed_derives_from_session_and_angle(identity: str) -> None:
    session = "CAR-1A2B3C4D"
    expected = int(sha256((session + identity).encode()).hexdigest()[:8], 16) % 2147483647
    assert recipe.seed(session, identity) == expected
    assert recipe.seed(session, identity, 2) == (expected + 2) % 2147483647


@given(st.from_regex(r"CAR-[0-9A-F]{8}", fullmatch=True))
def test_no_seed_comes_twice_in_a_session(session: str) -> None:
    seeds = [recipe.seed(session, seen.id) for seen in ANGLES]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**31 - 1 for seed in seeds)
    assert seeds == [recipe.seed(session, seen.id) for seen in ANGLES]


def test_long_words_of_a_person_are_not_cut_but_told_in_part() -> None:
    long = recipe.car(brand="Kia", model="Rio", details="alloy wheels and more " * 40)
    assert long.is_told_in_part
    assert long.equipment == ("alloy wheels",)
    short = recipe.car(brand="Kia", model="Rio", details="two-tone mirrors")
    assert (short.is_told_in_part, short.equipment) == (False, ("two-tone mirrors",))


def test_angles_come_in_the_order_of_the_table_each_once() -> None:
    assert in_order(["rear", "front", "rear"]) == ("front", "rear")
    with pytest.raises(KeyError):
        in_order(["from below"])
