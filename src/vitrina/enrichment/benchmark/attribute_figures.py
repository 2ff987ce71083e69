"""How right the attributes are that are read without a model: compared with the parameters that stand in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vitrina.enrichment.benchmark.attribute_gold import CLASSES, NUMBERS, SIZES, Item, Param, pieces_of
from vitrina.enrichment.generators.attributes.offline import extract
from vitrina.enrichment.generators.attributes.places import forms
from vitrina.enrichment.generators.attributes.schema import AttributesInput, AttributeSpec, AttributeValue
from vitrina.enrichment.reading.units import unit_by_id, unit_of
from vitrina.lib.text import fold

LEAST_PRECISION, LEAST_RECALL = 0.9, 0.6  # what is asked of each class


@dataclass(slots=True)
class Tally:
    """`gold`: parameters that stand in the text. `agreed`, `differed`: against those that don't, where one was read."""

    gold: int = 0
    right: int = 0
    wrong: int = 0
    agreed: int = 0
    differed: int = 0

    @property
    def precision(self) -> float | None:
        read = self.right + self.wrong
        return self.right / read if read else None

    @property
    def recall(self) -> float | None:
        return self.right / self.gold if self.gold else None

    def row(self) -> dict[str, Any]:
        return {
            "gold": self.gold, "right": self.right, "wrong": self.wrong, "precision": _rounded(self.precision),
            "recall": _rounded(self.recall), "agreed_beyond_gold": self.agreed, "differed_beyond_gold": self.differed,
        }  # fmt: skip


@dataclass(slots=True)
class Figures:
    items: int = 0
    tallies: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in CLASSES})
    mistakes: list[dict[str, str]] = field(default_factory=list)

    def result(self) -> dict[str, Any]:
        return {
            "items": self.items,
            "classes": {name: tally.row() for name, tally in self.tallies.items()},
            "all": self.whole().row(),
        }

    def whole(self) -> Tally:
        rows = list(self.tallies.values())
        return Tally(
            *(
                sum(getattr(row, name) for row in rows)
                for name in ("gold", "right", "wrong", "agreed", "differed")
            )
        )


def measure(goods: Iterable[Item], schemas: Mapping[tuple[str, str], tuple[AttributeSpec, ...]]) -> Figures:
    """Reads every item without its parameters and compares. No model, no database."""
    figures = Figures()
    for item in goods:
        schema = schemas.get((item.feed, item.group), ())
        known = {spec.key for spec in schema}
        figures.items += 1
        if not schema:
            continue
        read = {
            one.key: one for one in extract(AttributesInput(facts=item.facts, attribute_schema=schema)).values
        }
        for param in item.params:
            if param.label in known:
                _count(figures, item, param, read.get(param.label))
    return figures


def _count(figures: Figures, item: Item, param: Param, value: AttributeValue | None) -> None:
    tally = figures.tallies[param.kind]
    tally.gold += param.is_gold
    if value is None:
        if param.is_gold:
            _note(figures, item, param, "")
        return
    is_right = same(param, value)
    if param.is_gold:
        tally.right += is_right
        tally.wrong += not is_right
    else:
        tally.agreed += is_right
        tally.differed += not is_right
    if not is_right:
        _note(figures, item, param, value.value)


def same(param: Param, value: AttributeValue) -> bool:
    """Whether a value says what the supplier says: the same amount, the same words in any form, the same sides."""
    if param.kind == NUMBERS:
        unit, given = unit_of(param.unit), unit_by_id(value.unit)
        if param.number is None or value.number is None or unit is None or given is None:
            return False
        return abs(float(unit.in_base(param.number)) - value.number * float(given.factor)) < 1e-6 * max(
            1.0, float(unit.in_base(param.number))
        )
    if param.kind == SIZES:
        return _sides(param.said) == _sides(value.value)
    said, read = pieces_of(param.said), pieces_of(value.value)
    return {forms(one) for one in said} == {forms(one) for one in read}


def _sides(text: str) -> str:
    return re.sub(
        r"(?:мм|см|м|mm|cm)$", "", re.sub(r"[xх×*]", "x", fold(text)).replace(" ", "").replace(",", ".")
    )


def _note(figures: Figures, item: Item, param: Param, read: str) -> None:
    figures.mistakes.append(
        {
            "id": item.facts.external_id, "class": param.kind, "label": param.label, "said": param.said, "read": read,
            "in_text": "yes" if param.is_gold else "no", "title": item.facts.title[:80],
        }
    )  # fmt: skip


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
