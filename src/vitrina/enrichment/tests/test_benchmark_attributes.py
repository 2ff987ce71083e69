"""The benchmark of attributes: its gold is what stands in the text, found without the reader that it measures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from vitrina.enrichment.benchmark.attribute_figures import LEAST_PRECISION, LEAST_RECALL, measure
from vitrina.enrichment.benchmark.attribute_gold import items, schemas

OFFER = """<offer id="{id}"><name>{name}</name><price>10</price><currencyId>RUB</currencyId>
<description>{text}</description>{params}</offer>"""
FEED = """<?xml version="1.0" encoding="utf-8"?><yml_catalog date="2026-01-01"><shop><offers>{}</offers></shop></yml_catalog>"""


def param(name: str, value: str) -> str:
    return f'<param name="{name}">{value}</param>'


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    offers = [
        OFFER.format(
            id="a",
            name="Кружка белая 500 мл",
            text="Сделана для дома.",
            params=param("Объём", "0.5 л") + param("Цвет", "Белая"),
        ),
        OFFER.format(
            id="b",
            name="Кружка чёрная 300 мл",
            text="",
            params=param("Объём", "300 мл") + param("Цвет", "Чёрная"),
        ),
        OFFER.format(
            id="c",
            name="Кружка синяя",
            text="Объём 1 000 мл",
            params=param("Объём", "1000 мл") + param("Гарантия", "12"),
        ),
    ]
    path = tmp_path / "mugs.yml"
    path.write_text(FEED.format("".join(offers)), encoding="utf-8")
    return path


def test_gold_is_what_stands_literally_in_the_text(feed: Path) -> None:
    gold = {
        (item.facts.external_id, param.label): param.is_gold for item in items(feed) for param in item.params
    }
    assert gold == {
        ("a", "Объём"): False,  # half a litre stands there as 500 мл
        ("a", "Цвет"): True,
        ("b", "Объём"): True,
        ("b", "Цвет"): True,
        ("c", "Объём"): True,  # «1 000» is 1000
    }


def test_parameters_are_hidden_and_right_and_wrong_are_counted(feed: Path) -> None:
    goods = list(items(feed))
    assert all(item.facts.attributes == {} for item in goods)
    figures = measure(goods, schemas(goods))
    numbers, colours = figures.tallies["numbers"], figures.tallies["colours"]
    assert (numbers.gold, numbers.right, numbers.wrong, numbers.agreed) == (2, 2, 0, 1)
    assert (colours.gold, colours.right, colours.wrong) == (2, 2, 0)
    assert figures.tallies["countries"].precision is None


def test_a_wrong_value_is_counted_as_wrong(feed: Path) -> None:
    feed.write_text(
        feed.read_text("utf-8").replace("Кружка чёрная 300 мл", "Кружка чёрная 301 мл, не 300 мл"), "utf-8"
    )
    goods = list(items(feed))
    numbers = measure(goods, schemas(goods)).tallies["numbers"]
    assert (numbers.gold, numbers.right) == (2, 1)


def test_the_command_writes_figures_and_refuses_what_is_no_feed(feed: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    call_command("benchmark_attributes", str(feed), out=out)
    told = json.loads(out.read_text("utf-8"))
    assert set(told) == {"tuning", "held-out"}
    assert sum(told[half]["items"] for half in told) == 3
    feed.write_text("<html>login</html>", "utf-8")
    with pytest.raises(CommandError):
        call_command("benchmark_attributes", str(feed))


def test_materials_and_countries_are_read_from_listings_of_our_own() -> None:
    """No feed at hand gives them in words of its text; these listings do, with other things' materials beside them."""
    goods = list(items(Path(__file__).parent / "data" / "listings.jsonl"))
    tallies = measure(goods, schemas(goods)).tallies
    for name in ("materials", "countries"):
        precision, recall = tallies[name].precision, tallies[name].recall
        assert tallies[name].gold >= 30
        assert precision is not None
        assert precision >= LEAST_PRECISION, name
        assert recall is not None
        assert recall >= LEAST_RECALL, name
