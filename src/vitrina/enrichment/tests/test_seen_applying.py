"""What of a look applies to which goods, over all answers that there may be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.enrichment.data import load
from vitrina.enrichment.generators.look.applying import VALUES, applying, fields_for, has_own_colour
from vitrina.enrichment.generators.look.offline import LEAST_SHARE, look
from vitrina.enrichment.generators.look.schema import LookedAt, LookInput, LookOutput, PixelColour
from vitrina.lib.pictures.colors import PALETTE

DATA = load("seen.json")
KINDS = [row["id"] for row in load("kinds.json")["kinds"]]
words = st.text("абв xyz", min_size=1, max_size=20).filter(str.strip)
number = st.integers(1, 5)
value = st.fixed_dictionaries({"value": words, "picture": number})
outputs = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.none() | value for name in VALUES if name != "quality"},
        "quality": st.fixed_dictionaries(
            {"value": st.sampled_from(["budget", "mid", "premium"]), "picture": number}
        ),
        "colours": st.lists(
            st.fixed_dictionaries({"name": words, "hex": st.just("#1f4fbf"), "picture": number}), max_size=5
        ),
        "key_features": st.lists(value, max_size=6),
        "text_in_picture": st.lists(value, max_size=6),
    },
).map(LookOutput.model_validate)


@given(outputs, st.sampled_from([*KINDS, "generic"]), st.integers(1, 3))
def test_every_value_is_kept_or_dropped_with_a_reason(output: LookOutput, kind: str, pictures: int) -> None:
    fields = fields_for(kind)
    kept, dropped = applying(output, fields, pictures=pictures)
    assert _count(kept) + len(dropped) == _count(output)
    allowed = {*fields, *DATA["always"]}
    for name in VALUES:
        seen = getattr(kept, name)
        assert seen is None or (name in allowed and seen.picture <= pictures)
    for one in dropped:
        assert one.why == ("other_kind" if one.field not in allowed else "no_such_picture")


def _count(output: LookOutput) -> int:
    lists = (output.colours, output.key_features, output.text_in_picture)
    return sum(map(len, lists)) + sum(getattr(output, name) is not None for name in VALUES)


def test_the_data_names_kinds_and_fields_that_there_are() -> None:
    assert set(DATA["fields"]) == {*KINDS, "generic"}
    named = {field for fields in DATA["fields"].values() for field in fields}
    assert named | {"item_type"} == set(VALUES)
    assert set(DATA["own_colour"]) <= set(KINDS)
    assert set(DATA["not_for"]) <= named
    assert set(DATA["always"]) <= set(LookOutput.model_fields)


@pytest.mark.parametrize(
    ("item", "field", "applies"),
    [
        ("Платье летнее", "neckline", True),
        ("Брюки прямые", "neckline", False),
        ("Брюки прямые", "length", True),
        ("Шапка вязаная", "sleeve_length", False),
        ("Wool trousers", "neckline", False),
        ("Юбки", "sleeve_length", False),
    ],
)
def test_within_a_kind_a_thing_may_lack_the_part(item: str, field: str, applies: bool) -> None:
    assert (field in fields_for("clothes", item)) is applies


def test_a_box_has_a_colour_of_its_own() -> None:
    assert has_own_colour("clothes")
    assert not has_own_colour("consumables")
    assert not has_own_colour("generic")


# --- The pixels alone -------------------------------------------------------------------------------------

looked_at = st.lists(
    st.lists(
        st.builds(
            PixelColour,
            name=st.sampled_from([one.id for one in PALETTE]),
            hex=st.just("#1f4fbf"),
            share=st.floats(0, 1),
        ),
        max_size=5,
    ),
    max_size=3,
).map(
    lambda rows: tuple(
        LookedAt(number=place, colours=tuple(colours)) for place, colours in enumerate(rows, start=1)
    )
)


@given(looked_at, st.sampled_from(["ru", "en"]))
def test_the_pixels_name_their_largest_colours_and_nothing_else(
    pictures: tuple[LookedAt, ...], language: Any
) -> None:
    said = look(LookInput(pictures=pictures, language=language))
    assert said.model_dump(exclude={"colours"}) == LookOutput().model_dump(exclude={"colours"})
    shares = {
        one.name(language): max(
            (colour.share for picture in pictures for colour in picture.colours if colour.name == one.id),
            default=0.0,
        )
        for one in PALETTE
    }
    told = [shares[colour.name] for colour in said.colours]
    assert told == sorted(told, reverse=True)
    assert all(share >= LEAST_SHARE for share in told)
    assert len(told) == min(5, sum(share >= LEAST_SHARE for share in shares.values()))
