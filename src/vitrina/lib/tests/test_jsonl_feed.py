from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.feeds import BrokenFeedRow, FeedLimits, FeedRow, NotAFeed, open_feed


def read(data: bytes, **options: object) -> list[FeedRow | BrokenFeedRow]:
    with open_feed(io.BytesIO(data), **options) as feed:  # type: ignore[arg-type]
        return list(feed)


def test_each_object_is_a_row() -> None:
    rows = read('\ufeff{"id": 1, "name": "Мышь", "tags": ["a"]}\n\n{"id": 2}'.encode())
    assert rows == [FeedRow(1, {"id": 1, "name": "Мышь", "tags": ["a"]}), FeedRow(3, {"id": 2})]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"price": NaN}', "NaN"),
        (b'{"price": -Infinity}', "-Infinity"),
        (b'{"price": 1e400}', "too big"),
        (b'{"id": 1, "id": 2}', "twice"),
        (b'{"name": "\\ud800"}', "lone surrogate"),
        (b'{"name": "\\u0000"}', "U+0000"),
        (b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}", "nested"),
        (b"[1, 2]", "not an object"),
        (b'{"id": 1', "Not valid JSON"),
        (b"{'id': 1}", "Not valid JSON"),
        (b"<html>", "Not valid JSON"),
    ],
)
def test_a_line_that_is_not_strict_json_is_broken_and_the_rest_goes_on(line: bytes, words: str) -> None:
    rows = read(b'{"id": 1}\n' + line + b'\n{"id": 2}\n')
    assert [row.line for row in rows] == [1, 2, 3]
    assert isinstance(rows[1], BrokenFeedRow)
    assert words in rows[1].reason
    assert rows[2] == FeedRow(3, {"id": 2})


def test_a_line_that_is_too_long_is_broken_and_the_rest_goes_on() -> None:
    rows = read(b'{"id": "' + b"a" * 5000 + b'"}\n{"id": 2}\n', limits=FeedLimits(row_characters=1000))
    assert isinstance(rows[0], BrokenFeedRow)
    assert rows[1] == FeedRow(2, {"id": 2})


@pytest.mark.parametrize("data", [b'[{"id": 1}]', b'{\n  "id": 1\n}\n'])
def test_one_document_over_lines_is_no_feed(data: bytes) -> None:
    with pytest.raises(NotAFeed, match="one object per line"):
        read(data)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abё", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.lists(
        st.dictionaries(st.text("abcё", min_size=1, max_size=4), JSON, max_size=4), min_size=1, max_size=5
    )
)
def test_what_json_writes_is_read_back(objects: list[dict[str, object]]) -> None:
    data = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in objects).encode()
    assert [row.fields for row in read(data)] == objects  # type: ignore[union-attr]


@given(st.binary(max_size=200))
def test_junk_gives_rows_or_is_no_feed(junk: bytes) -> None:
    for row in read(b'{"id": 1}\n' + junk):
        assert isinstance(row, FeedRow | BrokenFeedRow)
