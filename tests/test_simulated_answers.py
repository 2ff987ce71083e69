"""The simulated model server answers every generator there is with what its schema takes at once."""

from __future__ import annotations

import json

import pytest

from vitrina.catalog.facts import ProductFacts
from vitrina.engine.core.prompts import load
from vitrina.engine.core.schema import schema_of
from vitrina.engine.generators import registered
from vitrina.simulators.model_answers import answer, material_of

FACTS = ProductFacts(
    external_id="1",
    title="Платье летнее хлопковое синее",
    description="Лёгкое летнее платье из хлопка, длина 95 см, синий цвет. Подходит для прогулок.",
    brand="Ромашка",
    attributes={"Материал": "хлопок", "Цвет": "синий", "Длина": "95 см"},
)
GIVEN = {
    "facts": FACTS,
    "candidates": (),
    "listing": "Платье летнее хлопковое синее\nBrand: Ромашка",
    "choices": "18 | Одежда > Брюки | like: Брюки\n17 | Одежда > Платья | like: Платье",
    "wanted": "Пол",
    "kind": "review",
    "platform": "ozon",
    "text": "Платье порвалось в первый же день",
    "name": "Марфа",
    "passages": ("Старая Марфа стояла в чёрном платье у тёмного окна.",),
}
OWN = {
    "rank_passages": {
        "candidates": [
            {"number": number, "priority": 60 + number, "text": f"В тёмном замке горит свеча {number}."}
            for number in (1, 2, 3)
        ]
    }
}  # where a name stands for something else


@pytest.mark.parametrize("generator", registered(), ids=lambda generator: generator.name)
def test_an_answer_fits_the_schema_and_stays_the_same(generator):
    values = generator.input(
        **{name: value for name, value in GIVEN.items() if name in generator.input.model_fields}
        | OWN.get(generator.name, {})
    )
    rendered = load(generator.prompt, generator.input).render(values)
    messages = [{"role": "system", "content": rendered.system}, {"role": "user", "content": rendered.user}]
    schema = json.loads(schema_of(generator.output).text)
    said = answer(schema, material_of(messages))
    assert generator.output.model_validate(said)
    assert answer(schema, material_of(messages)) == said


def test_an_id_is_picked_among_the_choices_by_the_listings_words():
    generator = next(generator for generator in registered() if generator.name == "categorize")
    rendered = load(generator.prompt, generator.input).render(generator.input(**GIVEN))
    said = answer(
        json.loads(schema_of(generator.output).text),
        material_of([{"role": "user", "content": rendered.user}]),
    )
    assert said["category"] == "17"
    assert [other["category"] for other in said["alternatives"]] == ["18"]
