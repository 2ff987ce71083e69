"""What one text changes in another: nothing lost, nothing invented, nothing run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.differences import differences, shown, spans

words = st.text(st.sampled_from("аб в<>&\n1.,"), max_size=60)


@given(words, words)
def test_both_texts_are_there_to_the_letter(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after


@given(words, words)
def test_what_is_shown_holds_no_tag_but_its_own(before: str, after: str) -> None:
    bare = shown(before, after)
    for own in ("<ins>", "</ins>", "<del>", "</del>"):
        bare = bare.replace(own, "")
    assert "<" not in bare
    assert ">" not in bare


def test_one_changed_word_is_one_change() -> None:
    assert shown("Платье летнее синее", "Платье зимнее синее") == (
        "Платье <del>летнее</del><ins>зимнее</ins> синее"
    )


def test_a_text_beyond_the_bound_is_shown_whole() -> None:
    assert [piece.kind for piece in differences("а " * 3000, "б " * 3000)] == ["gone", "new"]


@given(words, words)
def test_the_spans_are_what_is_gone_and_what_is_new(before: str, after: str) -> None:
    gone, new = spans(before, after)
    pieces = differences(before, after)
    assert [before[start:end] for start, end in gone] == [one.text for one in pieces if one.kind == "gone"]
    assert [after[start:end] for start, end in new] == [one.text for one in pieces if one.kind == "new"]


def test_a_sign_behind_a_word_leaves_the_word_the_same() -> None:
    pieces = differences("Платье летнее", "Платье, летнее")
    assert [piece.text for piece in pieces if piece.kind == "same"] == ["Платье", "летнее"]
