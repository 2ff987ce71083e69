from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.strict_json import BadJson, loads


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("NaN", "NaN"),
        ("[Infinity]", "Infinity"),
        ("1e400", "too big"),
        ("-1e999", "too big"),
        ('{"a": 1, "a": 2}', "«a» twice"),
        ('{"x": {"a": 1, "b": 2, "a": 3}}', "«a» twice"),
        ('"\\ud800"', "lone surrogate"),
        ('{"\\udfff": 1}', "lone surrogate"),
        ('"\ud800"', "lone surrogate"),
        ('"a\\u0000b"', r"U\+0000"),
        ("[" * 65 + "]" * 65, "deeper than 64"),
        ("[" * 100_000, "deeper than 64"),
        ('{"a":' * 100_000, "deeper than 64"),
        ("1" * 5000, "too many digits"),
        ("", "Not valid JSON"),
        ("{", "Not valid JSON"),
        ("{'a': 1}", "Not valid JSON"),
        ("[1,]", "Not valid JSON"),
        ("1 2", "Not valid JSON"),
        (b"\xff\xfe1", "not UTF-8"),
    ],
)
def test_what_is_not_json_is_told_in_words(text: str | bytes, words: str) -> None:
    with pytest.raises(BadJson, match=words):
        loads(text)


def test_a_document_that_is_too_long_is_refused_unread() -> None:
    with pytest.raises(BadJson, match="12 bytes long; at most 10 are read"):
        loads('"' + "ё" * 5 + '"', max_bytes=10)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('"\\ud83d\\ude00"', "😀"),
        ("[" * 64 + "]" * 64, None),
        ('[1.5, -0, 1e5, true, null, "ё"]', [1.5, 0, 1e5, True, None, "ё"]),
        ('[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
    ],
)
def test_honest_json_passes(text: str | bytes, value: object) -> None:
    assert value is None or loads(text) == value
    loads(text)


STORABLE = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"))


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | STORABLE,
        lambda inner: st.lists(inner) | st.dictionaries(STORABLE, inner),
        max_leaves=20,
    ),
    st.booleans(),
)
def test_what_json_writes_is_read_back(value: object, ascii_only: bool) -> None:
    assert loads(json.dumps(value, ensure_ascii=ascii_only)) == value


@given(st.text() | st.binary())
def test_junk_is_json_or_bad_json_and_nothing_else(junk: str | bytes) -> None:
    with contextlib.suppress(BadJson):
        loads(junk)
