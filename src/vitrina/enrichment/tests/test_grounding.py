"""Grounding: false claims are found, faithful texts are left alone."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.checks.card import ground_texts
from vitrina.enrichment.checks.measure import SET, measure, report, rows_of

FACTS = ProductFacts(
    external_id="1",
    title="Кружка керамическая Luna, 350 мл, тёмно-синяя",
    brand="Luna",
    description="Кружка из керамики. Высота 9,5 см. Ресурс росписи 1 000 моек. Страна: Италия. В наборе 2 шт.",
    attributes={"Вес": "0.32", "Мощность (Вт)": "40", "Размер": "S-XL", "Состав": "хлопок 95 %, эластан 5 %"},
)


def codes(text: str, facts: ProductFacts = FACTS) -> list[str]:
    return [finding.code for finding in ground_texts([("description", text)], facts).findings]


@pytest.mark.parametrize(
    "text",
    [
        "Кружка вмещает 0,35 л.",
        "Высота — 95 миллиметров.",
        "Роспись держится 1000 моек.",
        "Итальянская кружка из керамики.",
        "В наборе две кружки.",
        "Тёмно-синей кружкой любуются.",
        "Весит 0,32 кг.",
        "Мощность 40 ватт, то есть 0,04 кВт.",
        "Размер M тоже есть.",
        "В составе 95 % хлопка, ткань хлопковая.",
        "Кружка подходит на 100 % всем.",
        "Надписи на русском языке.",
        "Одна из тех кружек, что хочется взять с собой раз и навсегда.",
    ],
)
def test_a_faithful_paraphrase_raises_no_alarm(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Кружка вмещает 450 мл.", "unsupported.number"),
        ("Кружка вмещает 350 г.", "unsupported.unit"),
        ("Размер XXS тоже есть.", "unsupported.size"),
        ("Кружка из фарфора.", "unsupported.material"),
        ("Кружка выполнена из бьютисилка.", "unsupported.material"),
        ("Кружка красного цвета.", "unsupported.colour"),
        ("Кружка цвета мокрого асфальта.", "unsupported.colour"),
        ("Кружка марки Bosch.", "unsupported.brand"),
        ("Кружка Zelmira отлично держит тепло.", "unsupported.brand"),
        ("Сделано в Польше.", "unsupported.country"),
        ("Производство: Никарагуа.", "unsupported.country"),
        ("Роспись держится семь лет.", "unsupported.number"),
    ],
)
def test_a_false_claim_is_named_by_its_kind(text: str, code: str) -> None:
    assert code in codes(text)


def test_accepted_values_carry_where_they_are_known_from() -> None:
    grounding = ground_texts([("description", "Кружка вмещает 0,35 л.")], FACTS)
    [support] = [support for support in grounding.evidence if support.kind == "quantity"]
    assert support.claim.field == "description"
    assert support.source.field == "title"
    assert FACTS.title[support.source.start : support.source.end] == "350 мл"


def test_attributes_and_pictures_are_ground_too() -> None:
    text = [("description", "Изумрудная подушка весом 800 г.")]
    plain = ProductFacts(external_id="2", title="Подушка")
    assert ground_texts(text, plain).findings
    assert not ground_texts(text, plain, {"Вес": "0,8 кг"}, {"colors": ["изумрудный"]}).findings


def test_the_written_set_is_large_balanced_and_evenly_split() -> None:
    rows = rows_of(SET)
    planted = Counter(row["planted"]["kind"] for row in rows if row["planted"])
    assert len(rows) >= 200
    assert sum(planted.values()) * 2 == len(rows)
    assert set(planted) == {"number", "unit", "size", "material", "colour", "brand", "country"}
    assert min(planted.values()) >= 14
    products = {json.dumps(row["facts"], sort_keys=True): row["split"] for row in rows}
    assert all(products[json.dumps(row["facts"], sort_keys=True)] == row["split"] for row in rows)


@pytest.mark.parametrize("split", ["dev", "held_out"])
def test_recall_and_precision_hold_on_both_halves(split: str) -> None:
    measured = measure(rows_of(SET, split))
    told = "\n".join(report(measured))
    assert measured.recall >= 0.95, told
    assert measured.precision >= 0.9, told
