"""Where in a listing the value of one attribute stands: under the supplier's label, or behind its name in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.generators.attributes.schema import AttributeSpec, Evidence, EvidenceKind
from vitrina.enrichment.reading.morphology import lemma
from vitrina.enrichment.reading.units import Unit, unit_of
from vitrina.lib.text import fold

REACH = 80  # characters behind a name in which its value begins
_TOKEN = re.compile(r"[^\W_]+")
_UNIT_OF_LABEL = re.compile(r"(?:,\s*|\()(?P<unit>[^\s(),]{1,12}(?:\s?[^\s(),]{1,6})?)\)?\s*$")
# Between a name and its value nothing may stand that makes it another thing's: «Вес», «брутто 6 кг».
_BETWEEN = re.compile(
    r"(?:\s(?:производителя|изготовителя|магазина|изделия|товара))?[\s:=~≈—–-]*(?:\((?P<unit>[^()]{1,16})\)|,\s?(?P<bare>[^\s\d,.;:()]{1,8})(?=[\s:—–-]))?[\s:=~≈—–-]*"
    r"(?:(?:до|от|около|примерно|не более|не менее|составляет|равен|равна|в|на|up to|about|is|of)\s+)?",
    re.IGNORECASE,
)
_MEASURES = frozenset(
    {"время", "объем", "размер", "емкость", "уровень", "величина", "значение", "показатель"}
)
_STOP = re.compile(r"[.;!?](?=\s|$)|[\n•●▪|]")


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a text. `source`: the supplier's label when the text is its value; `unit`: the one that the label names.

    `is_strict`: the value must stand at the very beginning.
    """

    field: str
    text: str
    start: int
    end: int
    source: str = ""
    unit: Unit | None = None
    is_strict: bool = False

    def evidence(self, start: int, end: int) -> Evidence:
        if self.field == "attributes":
            return Evidence(kind=EvidenceKind.ATTRIBUTE, field="attributes", source=self.source)
        return Evidence(kind=EvidenceKind.TEXT, field=self.field, start=start, end=end)


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    lemma: str


@lru_cache(maxsize=2_048)
def tokens(text: str) -> tuple[Token, ...]:
    return tuple(Token(match.start(), match.end(), lemma(match.group())) for match in _TOKEN.finditer(text))


@lru_cache(maxsize=8_192)
def forms(text: str) -> tuple[str, ...]:
    """The dictionary forms of its words."""
    return tuple(token.lemma for token in tokens(text))


@lru_cache(maxsize=2_048)
def bare_label(label: str) -> tuple[str, Unit | None]:
    """«Вес, кг» and «Мощность (Вт)» without their units, and the units."""
    match = _UNIT_OF_LABEL.search(label)
    unit = unit_of(match.group("unit")) if match else None
    return (label[: match.start()], unit) if match and unit else (label, None)


def names_of(spec: AttributeSpec) -> tuple[str, ...]:
    """Everything that the attribute is called, without units."""
    return tuple(dict.fromkeys(bare_label(word)[0].strip() for word in (spec.name, spec.key, *spec.synonyms)))


@lru_cache(maxsize=2_048)
def short_names(name: str) -> tuple[tuple[str, ...], ...]:
    """How a text shortens it, as dictionary forms: «время отклика» is «отклик», «частота обновления экрана» without its end."""
    form = forms(name)
    short = [form[1:]] if len(form) > 1 and form[0] in _MEASURES else []
    return (*short, *([form[:-1]] if len(form) > 2 else []))


def supplied(spec: AttributeSpec, facts: ProductFacts) -> list[Place]:
    """What the supplier gives under a label of that name."""
    wanted = {fold(name) for name in names_of(spec)}
    found = []
    for label, value in facts.attributes.items():
        bare, unit = bare_label(label)
        if value.strip() and (fold(bare).strip(" :*") in wanted or fold(label) in wanted):
            found.append(Place("attributes", value, 0, len(value), label, unit))
    return found


def named(spec: AttributeSpec, field: str, text: str) -> list[Place]:
    """Stretches of a text right behind the name of the attribute, in any form: «объёмом 0,5 л», «Толщина (мкм): 80»."""
    found = []
    for start in _names_in(text, names_of(spec)):
        between = _BETWEEN.match(text, start)
        begin = between.end() if between else start
        hint = (between.group("unit") or between.group("bare") or "") if between else ""
        stop = _STOP.search(text, begin)
        end = min(len(text), begin + REACH, stop.start() if stop else len(text))
        unit = unit_of(hint)
        if begin < end and (unit is not None or not hint):
            found.append(Place(field, text, begin, end, unit=unit, is_strict=True))
    return found


def _names_in(text: str, names: Sequence[str]) -> Iterator[int]:
    """Where the names end in the text."""
    words = tokens(text)
    sought = {form for name in names if (form := forms(name))}
    sought |= {form for name in names for form in short_names(name)}
    firsts = {form[0] for form in sought}
    for index, token in enumerate(words):
        if token.lemma not in firsts:
            continue
        fitting = [
            form for form in sought if tuple(word.lemma for word in words[index : index + len(form)]) == form
        ]
        if fitting:
            yield words[index + max(map(len, fitting)) - 1].end
