"""Which pictures of a product are looked at, over all rows that there may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vitrina.catalog.pictures.choosing import (
    LEAST_SIDE,
    MOST_CONSIDERED,
    Shown,
    Why,
    choose,
)
from vitrina.catalog.pictures.measured import Measured, MeasuredColour, measured
from vitrina.catalog.pictures.models import ImageState
from vitrina.lib.pictures.likeness import NEAR, distance

COLOURS = [("#1f4fbf", "blue"), ("#d0021b", "red")]


def good(number: int, *, likeness: int | None = None, colour: int = 0, **fields: object) -> Shown:
    given_: dict[str, object] = {
        "state": "stored",
        "digest": f"{number:064x}",
        "width": 800,
        "height": 800,
        "likeness": likeness if likeness is not None else hash((number, "picture")),
        "measured": Measured((MeasuredColour(*COLOURS[colour], 0.9),), sharpness="sharp"),
    }
    return Shown(number, **(given_ | fields))  # type: ignore[arg-type]


shown_pictures = st.lists(
    st.builds(
        Shown,
        number=st.just(0),
        state=st.sampled_from(list(ImageState.values)),
        digest=st.sampled_from(["a", "b", "c", "d", "e", "f"]),
        width=st.integers(1, 4000),
        height=st.integers(1, 4000),
        likeness=st.none() | st.integers(-(2**63), 2**63 - 1) | st.just(7),
        measured=st.builds(
            Measured,
            colours=st.sampled_from([(MeasuredColour(*one, 0.9),) for one in COLOURS]),
            sharpness=st.sampled_from(["", "sharp", "soft", "blurred"]),
        ),
    ),
    max_size=9,
).map(
    lambda rows: [
        Shown(number, *(getattr(row, name) for name in Shown.__slots__[1:]))
        for number, row in enumerate(rows, start=1)
    ]
)


@given(shown_pictures, st.integers(0, 5))
def test_every_picture_is_chosen_or_left_out_with_a_reason_and_order_is_kept(
    pictures: list[Shown], most: int
) -> None:
    choice = choose(pictures, most)
    numbers = [one.number for one in choice.chosen]
    assert numbers == sorted(numbers)
    assert sorted(numbers + [one.number for one in choice.left_out]) == [one.number for one in pictures]
    assert len(numbers) <= most
    assert all(_stored_before(pictures, number) < MOST_CONSIDERED for number in numbers)


def _stored_before(pictures: list[Shown], number: int) -> int:
    return sum(one.state == "stored" for one in pictures[: number - 1])


@given(shown_pictures, st.integers(0, 5))
def test_what_is_chosen_is_good_and_nowhere_twice(pictures: list[Shown], most: int) -> None:
    chosen = choose(pictures, most).chosen
    for place, one in enumerate(chosen):
        assert one.state == "stored"
        assert min(one.width, one.height) >= LEAST_SIDE
        assert one.measured.sharpness != "blurred"
        for other in chosen[:place]:
            assert one.digest != other.digest
            if one.likeness is not None and other.likeness is not None:
                assert distance(one.likeness, other.likeness) > NEAR


@given(shown_pictures, st.integers(1, 5))
def test_a_good_picture_is_left_out_only_for_one_like_it_or_when_there_are_enough(
    pictures: list[Shown], most: int
) -> None:
    choice = choose(pictures, most)
    for one in choice.left_out:
        picture = pictures[one.number - 1]
        if one.why is Why.ENOUGH:
            assert _stored_before(pictures, one.number) >= MOST_CONSIDERED or len(choice.chosen) == most
        elif one.why is Why.NEARLY_SAME:
            assert one.values["like"] in [other.number for other in choice.chosen]
        else:
            assert (
                picture.state != "stored"
                or min(picture.width, picture.height) < LEAST_SIDE
                or (picture.measured.sharpness == "blurred")
            )


def test_nearly_the_same_picture_is_left_out_for_the_first_of_them() -> None:
    choice = choose([good(1, likeness=0), good(2, likeness=0b111), good(3, likeness=-1)], 3)
    assert [one.number for one in choice.chosen] == [1, 3]
    assert [(one.number, one.why, one.values) for one in choice.left_out] == [
        (2, Why.NEARLY_SAME, {"like": 1})
    ]


def test_what_could_not_be_fetched_takes_no_place() -> None:
    pictures = [*(Shown(number, "failed") for number in range(1, 7)), good(7)]
    assert [one.number for one in choose(pictures, 3).chosen] == [7]


def test_what_is_still_to_come_is_told_apart_from_what_will_never() -> None:
    assert choose([Shown(1, "waiting"), Shown(2, "refused")], 3).is_waiting
    assert not choose([Shown(1, "refused")], 3).is_waiting
    assert not choose([Shown(1, "waiting"), good(2)], 3).is_waiting


json = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["colors", "background", "sharpness", "exposure", "text", "version"]), json
    )
)
def test_a_measuring_of_another_shape_is_not_known_and_never_raises(stored: dict[str, object]) -> None:
    told = measured(stored)
    assert all(isinstance(colour.share, float) for colour in told.colours)
    assert [colour.share for colour in told.colours] == sorted(
        (colour.share for colour in told.colours), reverse=True
    )


def test_a_measuring_is_read() -> None:
    told = measured(
        {
            "background": {"kind": "white", "share": 0.6, "hex": "#ffffff", "name": "white"},
            "colors": [{"hex": "#1f4fbf", "share": 0.8, "name": "blue"}],
            "sharpness": {"variance": 812.4, "kind": "sharp"},
            "exposure": {"light": 0.6, "blown": 0.0, "kind": "good"},
            "text": {"likelihood": 0.03},
        }
    )
    assert told == Measured(
        (MeasuredColour("#1f4fbf", "blue", 0.8),),
        "white",
        MeasuredColour("#ffffff", "white", 0.6),
        "sharp",
        "good",
        0.03,
    )
