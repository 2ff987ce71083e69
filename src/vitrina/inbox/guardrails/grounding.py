"""What a reply says of the product and the product's facts don't: amounts, sizes, materials, what it fits. Pure.

Told with care, as a warning only: amounts are compared in one unit, a size may stand inside a range of the facts, and what
is denied («56-го нет») claims nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from vitrina.inbox.guardrails.reading import Reading, is_negated, read
from vitrina.inbox.guardrails.shapes import Detail, Finding, Reply
from vitrina.lib.text import stem, words

_UNITS = {
    "мм": ("length", "0.001"), "см": ("length", "0.01"), "м": ("length", "1"), "метр": ("length", "1"), "км": ("length", "1000"),
    "мг": ("mass", "0.001"), "г": ("mass", "1"), "гр": ("mass", "1"), "грамм": ("mass", "1"), "кг": ("mass", "1000"),
    "мл": ("volume", "0.001"), "л": ("volume", "1"), "литр": ("volume", "1"),
    "вт": ("power", "1"), "квт": ("power", "1000"), "мач": ("charge", "1"), "ач": ("charge", "1000"), "в": ("voltage", "1"),
    "mm": ("length", "0.001"), "cm": ("length", "0.01"), "m": ("length", "1"), "g": ("mass", "1"), "kg": ("mass", "1000"),
    "ml": ("volume", "0.001"), "l": ("volume", "1"), "w": ("power", "1"),
}  # fmt: skip
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_AMOUNT = re.compile(rf"(?<![\w.,])(\d{{1,9}}(?:[.,]\d{{1,4}})?)(?: ?({_UNIT})(?!\w))?")
_RANGE = re.compile(r"(?<![\w.,-])(\d{1,4}) ?(?:-|до) ?(\d{1,4})(?![\w-])")
# Days of delivery, stars, prices and times of day aren't claims about a product.
_NO_CLAIM = re.compile(
    r" ?(?:%? скидк|дн|день|сут|час|мин|сек|недел|месяц|лет\b|год|звезд|балл|руб|₽|р\b|раз\b|раза\b|:\d\d|-й|-го|-я)"
)
_FIT = re.compile(
    r"\b(?:для|с|со|к|под|на|for|with) ([a-z][\w+-]{1,20}(?: (?:[a-z][\w+-]{0,20}|\d{1,4}\w{0,3})){0,3})"
)

_MATERIALS = frozenset(
    stem(word)
    for word in [
        "хлопок",
        "хлопка",
        "хлопковый",
        "хлопчатобумажный",
        "шерсть",
        "шерстяной",
        "шелк",
        "шелковый",
        "льна",
        "льняной",
        "кожа",
        "кожаный",
        "замша",
        "замшевый",
        "акрил",
        "акриловый",
        "вискоза",
        "полиэстер",
        "полиамид",
        "нейлон",
        "эластан",
        "силикон",
        "силиконовый",
        "латекс",
        "каучук",
        "резина",
        "резиновый",
        "дерево",
        "деревянный",
        "дуб",
        "бук",
        "сосна",
        "береза",
        "бамбук",
        "бамбуковый",
        "металл",
        "сталь",
        "алюминий",
        "латунь",
        "медь",
        "серебро",
        "золото",
        "пластик",
        "стекло",
        "керамика",
        "фарфор",
        "хрусталь",
        "фанера",
        "мдф",
        "лдсп",
        "кашемир",
        "мех",
        "пух",
        "холлофайбер",
        "бетон",
        "гипс",
        "экокожа",
        "титан",
        "чугун",
        "войлок",
        "вельвет",
        "атлас",
        "бархат",
    ]
)
# One material under several stems.
_SAME = {
    stem(other): stem(name)
    for name, others in {
        "хлопок": "хлопка хлопковый хлопчатобумажный", "шерсть": "шерстяной", "льна": "лен льняной", "кожа": "кожаный",
        "шелк": "шелковый", "замша": "замшевый", "акрил": "акриловый", "силикон": "силиконовый", "резина": "резиновый",
        "дерево": "деревянный", "бамбук": "бамбуковый",
    }.items()
    for other in others.split()
}  # fmt: skip


def ungrounded(
    reply: Reply, reading: Reading, earlier: tuple[Finding, ...]
) -> Iterator[tuple[tuple[int, int], Detail]]:
    """Nothing where no fact is known: there is nothing to hold the reply against."""
    if not any(fact.strip() for fact in reply.facts):
        return
    facts = read("\n".join(reply.facts)).folded
    for start, end in [
        *_amounts(reading.folded, facts),
        *_materials(reading.folded, facts),
        *_fits(reading.folded, facts),
    ]:
        place = reading.span(start, end)
        if any(found.start < place[1] and place[0] < found.end for found in earlier):
            continue
        if not is_negated(reading.folded, start, end, after=True):
            yield place, {}


def _amounts(text: str, facts: str) -> Iterator[tuple[int, int]]:
    plain = {_number(match[1]) for match in _AMOUNT.finditer(facts)}
    plain |= {_number(piece) for piece in re.findall(r"\d{1,9}(?:[.,]\d{1,4})?", facts)}
    measured = {base for match in _AMOUNT.finditer(facts) if (base := _in_base(match[1], match[2]))}
    ranges = [(int(low), int(high)) for low, high in _RANGE.findall(facts)]
    for match in _AMOUNT.finditer(text):
        if _NO_CLAIM.match(text, match.end()):
            continue
        number = _number(match[1])
        base = _in_base(match[1], match[2])
        if base in measured if base else number in plain:
            continue
        if number in plain and not any(base and base[0] == dimension for dimension, _ in measured):
            continue
        if not base and any(low <= number <= high for low, high in ranges):
            continue
        yield match.span()


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _in_base(number: str, unit: str | None) -> tuple[str, Decimal] | None:
    if not unit:
        return None
    dimension, factor = _UNITS[unit]
    return dimension, (_number(number) * Decimal(factor)).normalize()


def _materials(text: str, facts: str) -> Iterator[tuple[int, int]]:
    known = {_material(word) for word in words(facts)}
    for match in re.finditer(r"[а-я]{3,30}", text):
        material = _material(match.group())
        if material and material not in known:
            yield match.span()


def _material(word: str) -> str:
    stemmed = stem(word)
    found = _SAME.get(stemmed, stemmed)
    return found if stemmed in _MATERIALS or stemmed in _SAME else ""


def _fits(text: str, facts: str) -> Iterator[tuple[int, int]]:
    known = set(words(facts))
    for match in _FIT.finditer(text):
        if not all(word in known for word in words(match[1])):
            yield match.span(1)
