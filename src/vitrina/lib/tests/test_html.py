from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.html import sanitise, to_text

HOSTILE = [
    '<p hx-get="/x" hx-trigger="load" data-hx-post="/y" hx-on:click="evil()">текст</p>',
    '<p onclick="evil()" onmouseover=evil()>текст</p>',
    '<p style="background:url(javascript:evil())" class="x" id="y">текст</p>',
    "<script>evil()</script><p>текст</p>",
    "<p>текст</p><script src=//evil.example></script>",
    "<ScRiPt>evil()</sCrIpT>текст",
    "<style>p{display:none} evil</style>текст",
    '<img src=x onerror="evil()">текст',
    "<svg onload=evil()><script>evil()</script></svg>текст",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=evil()&gt;\"></table></mtext></math>текст",
    "<noscript><p title=\"</noscript><img src=x onerror=evil()\">текст",
    "<form><button formaction=javascript:evil()>evil</button></form>текст",
    '<a href="javascript:evil()">текст</a>',
    "<iframe srcdoc='<script>evil()</script>'></iframe>текст",
    "<template><p>evil</p></template>текст",
    "<!-- evil -->текст",
    "<![CDATA[evil]]>текст",
    "<p>текст<textarea>evil</textarea></p>",
    '<p style="display:none">evil</p>текст',
    '<p style="DISPLAY : NONE !important">evil</p>текст',
    '<div hidden>evil<p>evil</p></div>текст',
    '<span aria-hidden="true">evil</span>текст',
    '<span style="visibility:hidden">evil</span>текст',
    '<span style="font-size:0px">evil</span>текст',
    '<span style="opacity:0">evil</span>текст',
    '<span style="position:absolute;left:-9999px">evil</span>текст',
    '<span style="color:transparent">evil</span>текст',
    '<div style="display:none"><ul><li>evil<br>evil</li></ul></div><p>текст</p>',
    '<title>evil</title><p>текст',
]  # fmt: skip


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_hostile_and_nothing_hidden_comes_through(html: str) -> None:
    clean = sanitise(html)
    assert re.sub(r"</?(?:p|ul|li)>", "", clean) == "текст"
    assert to_text(html) == "текст"


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("", ""),
        ("текст", "<p>текст</p>"),
        ("<p>а</p><p>б</p>", "<p>а</p><p>б</p>"),
        ("<p>а<br>б</p>", "<p>а</p><p>б</p>"),
        ("<div>а</div><div><p>б</p></div>", "<p>а</p><p>б</p>"),
        ("<h2>Заголовок</h2>текст", "<p>Заголовок</p><p>текст</p>"),
        ("<p>да <b>нет</b> <i>и</i></p>", "<p>да нет и</p>"),
        ("<ol><li>а</li><li>б</li></ol>", "<ul><li>а</li><li>б</li></ul>"),
        ("<ul><li><p>а</p></li><li>б<br>в</li></ul>", "<ul><li>а</li><li>б в</li></ul>"),
        ("<ul><li>а<ul><li>б</li></ul></li><li>в</li></ul>", "<ul><li>а</li><li>б</li><li>в</li></ul>"),
        ("<p>до</p><ul><li>а</li></ul>после", "<p>до</p><ul><li>а</li></ul><p>после</p>"),
        ("<li>без списка", "<ul><li>без списка</li></ul>"),
        ("<table><tr><td>Вес</td><td>5 кг</td></tr><tr><td>Цвет</td></tr></table>", "<p>Вес 5 кг</p><p>Цвет</p>"),
        ("a < b &amp; c &lt;p&gt;", "<p>a &lt; b &amp; c &lt;p&gt;</p>"),
        ("<p></p><p> </p><ul></ul><ul><li></li></ul>", ""),
        ("<p>5&nbsp;кг", "<p>5 кг</p>"),
    ],
)  # fmt: skip
def test_other_markup_becomes_paragraphs_and_lists(html: str, clean: str) -> None:
    assert sanitise(html) == clean


def test_further_tags_can_be_allowed() -> None:
    tags = frozenset({"p", "ul", "li", "b", "br", "h2"})
    html = '<h2 class="x">Т</h2><p>а<br>б <b onclick="e">в</b></p>'
    assert sanitise(html, tags=tags) == "<h2>Т</h2><p>а<br>б <b>в</b></p>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>а</p><p>б</p>", "а\n\nб"),
        ("а<br>б<br/>в", "а\nб\nв"),
        ("<p>До:</p><ul><li>а</li><li>б</li></ul><p>после</p>", "До:\n\nа\nб\n\nпосле"),
        ("<ul><li>а<ul><li>б</li></ul></li><li>в</li></ul>", "а\nб\nв"),
        ("<ul><li><p>а</p></li><li><p>б</p></li></ul>", "а\nб"),
        (
            "<table><tr><td>Вес</td><td>5 кг</td></tr><tr><td>Цвет</td><td>белый</td></tr></table>",
            "Вес 5 кг\nЦвет белый",
        ),
        ("<b>сл</b>ово <i> и </i> слово", "слово и слово"),
        ("строка\nта же <b>строка</b>", "строка та же строка"),
        ("первая\nвторая &amp; третья\n\n\n\nчетвёртая", "первая\nвторая & третья\n\nчетвёртая"),
        ("5 < 6 и 7 > 3", "5 < 6 и 7 > 3"),
        ("&lt;p&gt;", "<p>"),
        ("<div>а</div>б", "а\n\nб"),
        ("", ""),
    ],
)
def test_text_keeps_its_paragraphs_and_lists(html: str, text: str) -> None:
    assert to_text(html) == text


def test_a_tower_of_tags_is_survived() -> None:
    for tag in ("div", "b", "ul", "p", "table", "font", "blockquote"):
        assert to_text(f"<{tag}>" * 20_000 + "дно") == "дно"


PIECES = [
    "<p>",
    "</p>",
    "<ul>",
    "</ul>",
    "<li>",
    "</li>",
    "<b>",
    "</b>",
    "<div hidden>",
    "</div>",
    "<br>",
    "a",
    " ",
    "&lt;",
    "<",
]
PIECES += [
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<svg>",
    "<style>",
    '<p style="display:none">',
    "&",
    "<table><tr><td>",
    "\n",
]


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=15).map("".join))
def test_sanitising_twice_changes_nothing_and_leaves_bare_tags_only(html: str) -> None:
    clean = sanitise(html)
    assert sanitise(clean) == clean
    assert set(re.findall(r"<[^>]*>", clean)) <= {"<p>", "</p>", "<ul>", "</ul>", "<li>", "</li>"}
    to_text(html)


@given(st.lists(st.text(st.characters(whitelist_categories=["L", "N"]), min_size=1), min_size=1, max_size=5))
def test_no_visible_word_is_lost(texts: list[str]) -> None:
    html = "".join(f"<p>{text}</p>" for text in texts)
    assert to_text(html) == "\n\n".join(texts)
    assert to_text(sanitise(html)) == to_text(html)
