"""A description goes out as plain words and comes back as the same HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.enrichment.plain_editing import to_html, to_plain
from vitrina.lib.html import sanitise

words = st.text(
    st.characters(categories=["L", "N"], include_characters=" .,<>&\"'"), min_size=1, max_size=30
).map(lambda text: "а" + " ".join(text.split()) + "я")
blocks = st.lists(
    st.one_of(
        words.map(lambda one: ("p", [one])),
        st.lists(words, min_size=1, max_size=4).map(lambda many: ("ul", many)),
    ),
    max_size=5,
)


@given(blocks)
def test_plain_words_come_back_as_the_html_they_were(parts: list[tuple[str, list[str]]]) -> None:
    plain = "\n\n".join(
        "\n".join(f"- {one}" for one in many) if kind == "ul" else many[0] for kind, many in parts
    )
    html = to_html(plain)
    assert sanitise(html) == html
    assert to_html(to_plain(html)) == html


@given(st.text(max_size=300))
def test_nothing_that_is_typed_becomes_anything_but_paragraphs_and_lists(typed: str) -> None:
    html = to_html(typed)
    for tag in ("<p>", "</p>", "<ul>", "</ul>", "<li>", "</li>"):
        html = html.replace(tag, "")
    assert "<" not in html


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("", ""),
        ("Одно\nпредложение", "<p>Одно предложение</p>"),
        ("Первый\r\n\r\nВторой", "<p>Первый</p><p>Второй</p>"),
        ("Состав:\n- хлопок\n* лён", "<p>Состав:</p><ul><li>хлопок</li><li>лён</li></ul>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
    ],
)
def test_how_lines_become_blocks(plain: str, html: str) -> None:
    assert to_html(plain) == html
