"""Texts as sparse vectors."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from vitrina.retrieval.fusion import fuse
from vitrina.retrieval.sparse import SparseVector, encode_document, encode_query

texts = st.text(max_size=80)


def holds(vector: SparseVector) -> None:
    assert vector.indices == sorted(set(vector.indices))
    assert all(0 <= index < 2**32 for index in vector.indices)
    assert len(vector.indices) == len(vector.values)
    assert all(value > 0 and math.isfinite(value) for value in vector.values)


@given(texts, texts)
def test_any_text_makes_a_vector(text: str, detail: str) -> None:
    holds(encode_query(text, detail=detail))
    document = encode_document([text, detail])
    holds(document)
    if document.indices:
        assert math.isclose(math.hypot(*document.values), 1)


@given(texts)
def test_a_query_and_a_document_of_one_text_have_the_same_features(text: str) -> None:
    assert encode_query(text).indices == encode_document([text]).indices


@given(texts)
def test_letter_case_and_yo_make_no_difference(text: str) -> None:
    assert encode_query(text.replace("е", "ё")) == encode_query(text.replace("ё", "е"))
    assert encode_document(["ЁЛКА Новая"]) == encode_document(["елка новая"])


@given(st.lists(texts, max_size=4))
def test_the_order_of_texts_makes_no_difference(parts: list[str]) -> None:
    one, other = encode_document(parts), encode_document(parts[::-1])
    assert one.indices == other.indices
    assert all(math.isclose(a, b) for a, b in zip(one.values, other.values, strict=True))


def test_an_inflected_word_shares_most_features_with_its_base() -> None:
    one, other = set(encode_query("платье").indices), set(encode_query("платья").indices)
    assert len(one & other) > len(one - other)


@given(st.lists(st.lists(st.text(max_size=3), max_size=8), max_size=4))
def test_fusion_keeps_every_key_once_and_is_repeatable(rankings: list[list[str]]) -> None:
    fused = fuse(rankings)
    assert sorted(fused) == sorted({key for ranking in rankings for key in ranking})
    assert fused == fuse(rankings[::-1])


def test_fusion_prefers_what_both_name_and_breaks_ties_by_key() -> None:
    assert fuse([["a", "b", "c"], ["b", "c", "a"]]) == ["b", "a", "c"]
    assert fuse([["x"], ["a"]]) == ["a", "x"]
    assert fuse([["a", "b"]]) == ["a", "b"]
