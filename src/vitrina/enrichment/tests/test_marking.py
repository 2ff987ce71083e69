"""Findings are marked where they stand, and nothing of the text can break out of its place."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from vitrina.enrichment.marking import Change, Mark, Source, mark_html, mark_text
from vitrina.lib.html import to_text

places = st.tuples(st.integers(0, 60), st.integers(0, 20))
marks = st.lists(
    st.builds(lambda at, kind: Change(at[0], at[0] + at[1], kind), places, st.sampled_from(["gone", "new"]))
    | st.builds(lambda at, row: Source(at[0], at[0] + at[1], row), places, st.integers(0, 9))
    | st.builds(
        lambda start, length, severity: Mark(start, start + length, severity, 'why "so" <b>'),
        st.integers(0, 60), st.integers(0, 20), st.sampled_from(["info", "warning", "high"]),
    ),
    max_size=5,
)  # fmt: skip
TAG = re.compile(r"<[^>]+>")


@given(st.text(max_size=80), marks)
def test_a_marked_text_reads_as_the_text(text: str, found: list[Mark | Change | Source]) -> None:
    marked = str(mark_text(text, found))
    assert set(re.findall(r"<(/?\w+)", marked)) <= {
        "mark",
        "/mark",
        "ins",
        "/ins",
        "del",
        "/del",
        "span",
        "/span",
    }
    import html

    assert html.unescape(TAG.sub("", marked)) == text


@given(st.text(max_size=80), marks)
def test_marked_html_reads_as_the_html(text: str, found: list[Mark | Change | Source]) -> None:
    source = f"<p>{text}</p><ul><li>{text}</li></ul>"
    marked = str(mark_html(source, found))
    assert to_text(marked).split() == to_text(source).split()


def test_a_mark_in_html_stands_on_the_words_that_it_was_counted_for() -> None:
    html = "<p>Лёгкое платье.</p><ul><li>хлопок</li><li>длина 95 см</li></ul>"
    start = to_text(html).index("95 см")
    marked = str(mark_html(html, [Mark(start, start + 5, "high", "why")]))
    assert '<mark class="found high" title="why" tabindex="0">95 см</mark>' in marked


def test_marks_that_overlap_show_the_gravest_and_say_both() -> None:
    marked = str(mark_text("абвгд", [Mark(0, 3, "info", "one"), Mark(2, 5, "high", "two")]))
    assert marked == (
        '<mark class="found info" title="one" tabindex="0">аб</mark><mark class="found high" title="one two" tabindex="0">в</mark>'
        '<mark class="found high" title="two" tabindex="0">гд</mark>'
    )


def test_a_finding_in_new_words_that_a_value_was_read_from_is_all_three() -> None:
    marked = str(mark_text("хлопок", [Change(0, 6, "new"), Source(0, 6, 3), Mark(0, 6, "high", "why")]))
    assert marked == (
        '<mark class="found high" title="why" tabindex="0"><span class="source" data-source-of="3">'
        "<ins>хлопок</ins></span></mark>"
    )
