"""Who may draw, in which order; and the key of an equal picture."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from vitrina.imagery.caching import QUALITY_WORDS, key_of, normalised
from vitrina.imagery.choosing import Candidate, Wanted, WhyNot, chosen
from vitrina.imagery.plan import PlanOfPictures, plan_of
from vitrina.imagery.ports import Order, Reference
from vitrina.imagery.scene import Recipe

SWIFT = Candidate("swift", 0, True, False, 0)
SOLID = Candidate("solid", 1, True, False, 4)
MARKER = Candidate("marker", 2, True, True, 4)
OFFLINE = Candidate("offline", 3, True, False, 0, is_offline=True)
ALL = (SWIFT, SOLID, MARKER, OFFLINE)
ANY = PlanOfPictures()


def order(*candidates: Candidate, **wanted: object) -> tuple[str, ...]:
    return chosen(candidates, Wanted(**({"recipe": Recipe.FREE} | wanted)), ANY).services  # type: ignore[arg-type]


def test_the_order_of_the_installation_holds_and_the_offline_one_is_last() -> None:
    assert order(OFFLINE, SOLID, SWIFT, MARKER) == ("swift", "solid", "marker", "offline")


def test_a_wish_a_rest_and_a_bad_record_move_a_service() -> None:
    assert order(*ALL, service="marker")[0] == "marker"
    assert order(replace(SWIFT, is_resting=True), SOLID, OFFLINE) == ("solid", "swift", "offline")
    assert order(replace(SWIFT, success=0.2, attempts=20), SOLID, OFFLINE)[0] == "solid"
    assert order(replace(SWIFT, success=0.0, attempts=2), SOLID)[0] == "swift"  # too few to know


def test_whoever_takes_references_comes_first_where_there_are_some() -> None:
    assert order(*ALL, references=1) == ("solid", "marker", "swift", "offline")


def test_a_product_is_drawn_by_nobody_who_marks_it_or_can_not_see_it() -> None:
    found = chosen(ALL, Wanted(Recipe.PRODUCT_SHOT, references=1), ANY)
    assert found.services == ("solid", "offline")
    assert found.left_out == {"swift": WhyNot.REFERENCE, "marker": WhyNot.MARKS}


def test_a_plan_leaves_out_what_it_does_not_name_and_a_missing_key_anything() -> None:
    plan = plan_of("FREE", {"pictures": {"month": 5, "services": ["solid"], "at_once": 2}})
    assert (plan.at_once, plan.services) == (2, frozenset({"solid"}))
    found = chosen((replace(SOLID, is_usable=False), SWIFT, OFFLINE), Wanted(Recipe.FREE), plan)
    assert found.services == ("offline",)
    assert found.left_out == {"solid": WhyNot.UNUSABLE, "swift": WhyNot.PLAN}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_any_limits_are_read_without_a_fault(limits: object) -> None:
    plan_of("x", {"pictures": limits})
    plan_of("x", limits)


ORDER = Order("one", "An old castle, evening light", 640, 480, seed=5)


def test_praise_case_and_spaces_make_no_other_picture() -> None:
    same = replace(ORDER, prompt="masterpiece,  an OLD castle , Evening light, 8k, best quality")
    assert key_of(ORDER, "swift", "free", "1") == key_of(same, "swift", "free", "1")
    assert normalised("Old  Castle, 8K,  Masterpiece") == "old castle"
    assert (
        normalised("a masterpieces shop, hdrive") == "a masterpieces shop, hdrive"
    )  # within other words nothing goes


def test_all_that_shapes_a_picture_is_in_its_key() -> None:
    reference = Reference(b"x", "image/jpeg", "d" * 64)
    others = [
        replace(ORDER, prompt="An old castle, morning light"),
        replace(ORDER, negative="people"),
        replace(ORDER, model="two"),
        replace(ORDER, width=641),
        replace(ORDER, height=481),
        replace(ORDER, ratio=(4, 3)),
        replace(ORDER, seed=6),
        replace(ORDER, seed=None),
        replace(ORDER, guidance=7.0),
        replace(ORDER, steps=30),
        replace(ORDER, is_high_quality=True),
        replace(ORDER, references=(reference,)),
    ]
    keys = {key_of(one, "swift", "free", "1") for one in (ORDER, *others)}
    keys |= {key_of(ORDER, "solid", "free", "1"), key_of(ORDER, "swift", "book_scene", "1")}
    keys |= {key_of(ORDER, "swift", "free", "2")}
    assert len(keys) == len(others) + 4


@given(st.text())
def test_normalising_twice_changes_nothing(words: str) -> None:
    assert normalised(normalised(words)) == normalised(words)


@given(st.lists(st.sampled_from([*QUALITY_WORDS, "castle", "old", ",", "."]), max_size=12))
def test_normalised_words_hold_no_praise(words: list[str]) -> None:
    parts = normalised(" , ".join(words)).split(", ")
    assert not set(parts) & set(QUALITY_WORDS)
