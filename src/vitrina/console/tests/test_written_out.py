from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.template import Context, Template, engines
from django.template.base import TextNode
from django.template.loader import render_to_string
from django.urls import NoReverseMatch
from django.utils.translation import override

TEMPLATE = "console/keys.html"


def compiled(text: str) -> Template:
    engine = engines["django"].engine
    assert engine.template_loaders  # the first look for a template makes its loader
    return Template("{% load i18n static %}" + text, engine=engine)


def said(text: str, **context: Any) -> str:
    return str(compiled(text).render(Context(context)))


def test_a_template_is_kept_for_each_language() -> None:
    for _round in range(2):
        with override("ru"):
            russian = render_to_string(TEMPLATE)
        with override("en"):
            english = render_to_string(TEMPLATE)
        assert "Клавиши" in russian
        assert "Keys" in english


@pytest.mark.parametrize(
    "tag",
    ['{% translate "Products" %}', '{% static "console/mark.svg" %}', '{% url "products" %}', '{% url "product_selection" "enrichment" %}'],
)  # fmt: skip
def test_a_constant_is_text(tag: str) -> None:
    template = compiled(tag)

    assert isinstance(template.nodelist[-1], TextNode)


def test_words_keep_their_context_their_percents_and_their_markup() -> None:
    with override("ru"):
        assert said('{% translate "Export" context "navigation" %}') == "Экспорт"
        assert said('{% translate "100% of <b>it</b>" %}') == "100% of <b>it</b>"


def test_what_varies_is_looked_up_each_time() -> None:
    with override("ru"):
        assert said("{% translate word %}", word="Products") == "Товары"
        assert said('{% translate "Products" as word %}[{{ word }}]') == "[Товары]"
        assert said('{% translate "Products"|upper %}') == "ТОВАРЫ"
        assert said("{% static path %}", path="a&b.svg") == "/static/a%26b.svg"
        assert said('{% url "product_selection" key as there %}{{ there }}', key="deletion").endswith(
            "deletion/"
        )


def test_an_address_takes_the_number_of_its_thing() -> None:
    call = uuid.uuid4()

    assert said('{% url "product" pk %}', pk=5) == "/products/5/"
    assert said('{% url "product" pk=pk %}', pk=5) == "/products/5/"
    assert said('{% url "product" pk %}', pk="5") == "/products/5/"
    assert said('{% url "call" pk %}', pk=call) == f"/calls/{call}/"


@pytest.mark.parametrize("wrong", [None, "", "five", True, 1.5])
def test_an_address_refuses_what_its_route_does_not_take(wrong: Any) -> None:
    with pytest.raises(NoReverseMatch):
        said('{% url "product" pk %}', pk=wrong)


def test_an_unknown_address_is_told_only_where_it_is_asked_for() -> None:
    tag = '{% if asked %}{% url "no such" %}{% endif %}'

    assert said(tag) == ""
    with pytest.raises(NoReverseMatch):
        said(tag, asked=True)
