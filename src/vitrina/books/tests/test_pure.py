"""What is decided without a database: which passages are drawn, and where a text is marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vitrina.books.highlighting import Span, paragraphs
from vitrina.books.picking import MOST_IN_A_BATCH, WORTH_A_PICTURE, Candidate, pick

candidates = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 10_000),
        priority=st.integers(0, 100),
        begin=st.integers(0, 5_000),
        is_pictured=st.booleans(),
    ),
    unique_by=lambda one: one.id,
    max_size=40,
)


@given(candidates, st.none() | st.integers(-3, 60), st.integers(0, 20))
def test_a_batch_is_the_best_without_a_picture_within_every_limit(
    given_: list[Candidate], left: int | None, most: int
) -> None:
    picked = pick(given_, left=left, most=most)
    by_id = {one.id: one for one in given_}
    taken = [by_id[one] for one in picked.ids]
    open_ = [one for one in given_ if one.priority >= WORTH_A_PICTURE and not one.is_pictured]
    assert all(one in open_ for one in taken)
    assert len(taken) <= min(most, MOST_IN_A_BATCH)
    if left is not None:
        assert len(taken) <= max(0, left)
    assert [one.priority for one in taken] == sorted((one.priority for one in taken), reverse=True)
    left_out = [one for one in open_ if one not in taken]
    if taken and left_out:
        assert min(one.priority for one in taken) >= max(one.priority for one in left_out)
    assert len(taken) + picked.beyond_quota == min(len(open_), most, MOST_IN_A_BATCH)


texts = st.text(alphabet="аб \n", max_size=80)
spans = st.lists(
    st.tuples(st.integers(-5, 90), st.integers(-5, 90), st.integers(1, 9)).map(lambda given: Span(*given)),
    max_size=6,
)


@given(texts, spans)
def test_a_marked_text_keeps_every_character_once(text: str, spans: list[Span]) -> None:
    cut = paragraphs(text, spans)
    assert "\n".join("".join(segment.text for segment in line) for line in cut) == text
    assert all(segment.text for line in cut for segment in line)


@given(texts, spans)
def test_what_is_marked_lies_within_its_passage(text: str, spans: list[Span]) -> None:
    place = 0
    for line in paragraphs(text, spans):
        for segment in line:
            if segment.id is not None:
                end = place + len(segment.text)
                assert any(one.id == segment.id and one.begin <= place and end <= one.end for one in spans)
            place += len(segment.text)
        place += 1


def test_a_passage_over_two_paragraphs_is_marked_in_both() -> None:
    cut = paragraphs("один два\nтри четыре", [Span(5, 12, 7)])
    assert [[(segment.text, segment.id, segment.is_first) for segment in line] for line in cut] == [
        [("один ", None, False), ("два", 7, True)],
        [("три", 7, False), (" четыре", None, False)],
    ]
