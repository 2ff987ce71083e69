"""From a model's words to a checked object: mended where it is plain, refused where it is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from vitrina.engine.core.schema import schema_of
from vitrina.engine.core.structured import MOST_REPAIRABLE, BrokenAnswer, json_of, parsed, partial


class Card(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=10)
    number: float = 0.0
    tags: list[str] = Field(default_factory=list, max_length=2)


GOOD = '{"title": "a", "number": 1, "tags": []}'


@pytest.mark.parametrize(
    "text",
    [GOOD, f" \ufeff{GOOD}\n", f"```json\n{GOOD}\n```", f"```\n{GOOD}\n```", f"Вот ответ: {GOOD} Готово.",
     '{"title": "a", "number": 1, "tags": [],}', "{'title': 'a', 'number': 1, 'tags': []}", '{"title" : "a", "number": 1e0, "tags": []}'],
)  # fmt: skip
def test_plain_almost_json_is_mended(text):
    value, _ = parsed(text, Card)
    assert value == Card(title="a", number=1)


@pytest.mark.parametrize(
    "text",
    ["", "Конечно!", '{"title": "a", "num', '{"title": "a", "tags": ["x"', GOOD + GOOD, f"{GOOD}\n{GOOD}", "[]", "17", "null",
     '{"title": "a", "number": NaN}', '{"title": "a", "number": Infinity}', '{"title": "a", "number": 1e999}', '{"title": "a", "number": "NaN"}', '{"title": "я' + "я" * 20 + '"}', '{"title": 17}',
     '{"title": "a", "more": 1}', '{"title": "a", "tags": ["1", "2", "3"]}', '{"title": "\\ud800"}'],
)  # fmt: skip
def test_what_is_cut_doubled_or_out_of_bounds_is_refused_with_its_errors(text):
    with pytest.raises(BrokenAnswer) as caught:
        parsed(text, Card)
    assert caught.value.errors


def test_a_long_broken_text_is_not_given_to_the_repairer():
    with pytest.raises(BrokenAnswer):
        json_of("{" + "'a': 1," * MOST_REPAIRABLE + "}")


@given(st.text(max_size=300) | st.text(alphabet='{}[]",:\\a1 ', max_size=300))
def test_no_text_raises_anything_but_a_broken_answer(text):
    try:
        parsed(text, Card)
    except BrokenAnswer:
        return


@given(st.integers(min_value=0, max_value=len(GOOD) - 1))
def test_no_beginning_of_an_answer_passes_for_the_whole(end):
    with pytest.raises(BrokenAnswer):
        json_of(GOOD[:end])


@given(st.integers(min_value=0, max_value=len(GOOD)))
def test_what_is_shown_of_a_stream_is_a_beginning_of_the_end(end):
    shown = partial(GOOD[:end]) or {}
    whole = json.loads(GOOD)
    assert all(
        str(whole[key]).startswith(str(value)) or isinstance(value, list | int | float)
        for key, value in shown.items()
    )


def test_the_schema_demands_everything_and_allows_nothing_else():
    schema = json.loads(schema_of(Card).text)
    assert schema["required"] == ["title", "number", "tags"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["title"]["maxLength"] == 10


def test_the_strict_subset_says_lengths_in_words():
    import orjson

    subset = orjson.loads(orjson.dumps(schema_of(Card).subset))
    assert "maxLength" not in subset["properties"]["title"]
    assert "at most 10 characters" in subset["properties"]["title"]["description"]
    assert schema_of(Card).strict


def test_an_open_map_can_not_be_strict():
    class Open(BaseModel):
        attributes: dict[str, str]

    assert not schema_of(Open).strict


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 1}}',
        '[{"a": 1}, {"a": 1, "a" : 1}]',
        '{"\\u0061": 1, "a": 2}',
        '```json\n{"a": 1, "a": 2}\n```',
    ],
)
def test_a_key_that_is_named_twice_is_refused(text):
    with pytest.raises(BrokenAnswer, match="twice"):
        json_of(text)


def test_what_only_looks_like_a_second_key_is_read():
    assert json_of('{"a": "he said \\"b\\": \\"c\\": d"}') == ({"a": 'he said "b": "c": d'}, False)
