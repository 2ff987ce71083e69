"""Grounding: every number, unit, size, material, colour, brand and country of a text must stand in what is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from vitrina.enrichment.checks.ground import Ground, sound
from vitrina.enrichment.findings import Finding, Severity, Span
from vitrina.enrichment.reading.mention import Kind, Mention
from vitrina.enrichment.reading.mentions import read
from vitrina.enrichment.reading.morphology import is_cyrillic, lemma, lemmas
from vitrina.enrichment.reading.units import Unit, unit_by_id
from vitrina.lib.text import fold


@dataclass(frozen=True, slots=True)
class Support:
    """An accepted value: where the text says it and where it is known from."""

    claim: Span
    kind: str
    value: str
    source: Span


@dataclass(slots=True)
class Grounding:
    findings: list[Finding] = field(default_factory=list)
    evidence: list[Support] = field(default_factory=list)


def judge(texts: Iterable[tuple[str, str]], ground: Ground) -> Grounding:
    """`texts`: (field, plain text). Each claim becomes evidence or a finding `unsupported.<kind>`."""
    result = Grounding()
    for name, text in texts:
        for mention in read(text):
            if _is_no_claim(mention, text):
                continue
            wrong, source = _judge(mention, ground)
            span = Span(name, mention.start, mention.end)
            if source is not None:
                result.evidence.append(Support(span, mention.kind.value, mention.value, source))
            elif wrong:
                detail: dict[str, str | int | float | list[str]] = {"text": mention.text, "field": name}
                result.findings.append(Finding(f"unsupported.{wrong}", Severity.HIGH, detail, span))
    return result


def _judge(mention: Mention, ground: Ground) -> tuple[str, Span | None]:
    """What is wrong («number», «unit» …; empty when nothing is) and where the value is known from."""
    match mention.kind:
        case Kind.NUMBER:
            return "number", _bare_number(mention, ground)
        case Kind.QUANTITY:
            return _quantity(mention, ground)
        case Kind.SIZE:
            return _size(mention, ground)
        case Kind.CODE:
            return "code", _code(mention, ground)
        case Kind.NAME:
            return "brand", _name(mention, ground)
        case Kind.COLOUR | Kind.MATERIAL | Kind.COUNTRY:
            return mention.kind.value, _word(mention, ground)


def _bare_number(mention: Mention, ground: Ground) -> Span | None:
    for number in mention.parts:
        if found := ground.place("number", number) or ground.place("digits", number):
            return found
    # «1 000» that the listing wrote as two numbers, or the other way round
    pieces = re.findall(r"[0-9]+", mention.text)
    if len(pieces) > 1 and all(ground.place("digits", piece.lstrip("0") or "0") for piece in pieces):
        return ground.place("digits", pieces[0].lstrip("0") or "0")
    return None


def _quantity(mention: Mention, ground: Ground) -> tuple[str, Span | None]:
    unit = unit_by_id(mention.unit)
    if unit is None:
        return _count(mention, ground)
    for number in mention.parts:
        found = (
            _amount(unit, Decimal(number), ground)
            or ground.place("open", unit.dimension, number)
            or (unit.dimension == "count" and ground.place("number", number))
            or (unit.dimension == "calendar" and ground.place("count", number, "лето"))
            or (
                unit.dimension in _OFTEN_UNSAID
                and not ground.place("measured", number)
                and ground.place("bare", number)
            )
        )
        if found:
            return "", found
    known = any(ground.place("number", number) for number in mention.parts)
    return ("unit" if known else "number"), None


# «серебро 925» means the 925th hallmark; nobody writes the unit.
_OFTEN_UNSAID = frozenset({"carat_fineness", "colour_temperature", "rack", "count"})
# Units whose conversion is rounded in everyday writing: 65" is 165 см, 512 ГБ is 0,5 ТБ.
_ROUNDED = frozenset(
    {"in", "ft", "oz", "lb", "gb", "tb", "mb", "kj", "kcal", "l/min", "m3/h", "km/h", "m/s", "mp", "px"}
)


def _amount(unit: Unit, number: Decimal, ground: Ground) -> Span | None:
    amounts = ground.amounts.get(unit.dimension, {})
    wanted = unit.in_base(number)
    if found := amounts.get(wanted):
        return found
    rounded = unit.id in _ROUNDED or unit.dimension in {"length", "data", "mass", "speed"}
    if not rounded:
        return None
    for amount, span in amounts.items():
        slack = abs(amount) * Decimal("0.006") if unit.id in _ROUNDED or _is_foreign(amount) else Decimal(0)
        if slack and abs(amount - wanted) <= slack:
            return span
    return None


def _is_foreign(amount: Decimal) -> bool:
    """An amount that came from inches, pounds or ounces has a tail of digits."""
    exponent = amount.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent < 0


# Words that count anything: «набор из 5 предметов» says no more than «5 шт».
_ANYTHING = frozenset({"штука", "предмет", "единица", "раз", "вариант", "вид", "элемент", "деталь", "часть", "позиция", "экземпляр", "пункт",
    "изделие", "item", "piec", "pack", "way", "type", "kind", "part", "упаковка", "комплект"})  # fmt: skip


_COUNTED_BY_EYE = 4


def _count(mention: Mention, ground: Ground) -> tuple[str, Span | None]:
    noun = mention.unit
    for number in mention.parts:
        if found := ground.place("count", number, noun):
            return "", found
        found = ground.place("number", number) or ground.place("digits", number)
        if found is None:
            if (
                Decimal(number) <= _COUNTED_BY_EYE
                and (named := ground.place("word", noun))
                and not ground.place("counted", noun)
            ):
                return "", named  # «три насадки» of a listing that names them one by one
            continue
        if noun in _ANYTHING or ground.place("word", noun) or not ground.place("measured", number):
            return "", found
        return "unit", None
    return "number", None


def _size(mention: Mention, ground: Ground) -> tuple[str, Span | None]:
    if not mention.parts:
        found = (
            ground.place("size", mention.value)
            or ground.place("word", fold(mention.value))
            or ground.place("code", mention.value)
        )
        return "size", found
    unit = unit_by_id(mention.unit)
    source = None
    for number in mention.parts:
        amount = Decimal(number)
        known = ground.place("side", number) or (
            ground.place("number", number) if unit is None and "x" not in mention.value else None
        )
        measured = unit is not None and _amount(unit, amount, ground)
        if unit is not None and not measured and known and not _unit_is_open(unit, number, ground):
            return "unit", None
        source = measured or known or _in_range(amount, ground)
        if source is None:
            return "size", None
    return "", source


def _unit_is_open(unit: Unit, number: str, ground: Ground) -> bool:
    """The listing gave the side without any unit, so the text may name one that fits."""
    return bool(ground.place("open", unit.dimension, number) or not ground.amounts.get(unit.dimension))


def _in_range(amount: Decimal, ground: Ground) -> Span | None:
    return next((span for low, high, span in ground.ranges if low <= amount <= high), None)


def _code(mention: Mention, ground: Ground) -> Span | None:
    if found := ground.place("code", mention.value):
        return found
    if len(mention.value) >= 3:
        for name, key in ground.codes.items():
            if mention.value in key:
                return Span(name, 0, 0)
    words = re.findall(r"[^\W\d_]+|[0-9]+", fold(mention.text))
    if words and all(ground.place("word", word) or ground.place("digits", word) for word in words):
        return ground.place("word", words[0]) or ground.place("digits", words[0])
    return None


def _name(mention: Mention, ground: Ground) -> Span | None:
    if found := ground.place("name", mention.value):
        return found
    words = re.findall(r"[^\W\d_]+", fold(mention.text))
    places = [_name_word(word, ground) for word in words]
    return places[0] if places and all(places) else None


def _name_word(word: str, ground: Ground) -> Span | None:
    if found := ground.place("word", word) or ground.place("word", lemma(word)):
        return found
    for form in lemmas(word):
        if found := ground.place("word", form):
            return found
    heard = sound(lemma(word) if is_cyrillic(word) else word)
    return ground.place("sound", heard) if len(heard) >= 3 else None


# A general word is true of its kinds: steel is a metal.
_KINDS = {
    "metal": ("steel", "stainless", "iron", "castiron", "aluminium", "titanium", "brass", "zinc", "silumin", "platinum", "copper_m", "zamak"),
    "wood": ("oak", "beech", "birch", "pine", "ash_tree", "walnut", "larch", "cedar", "spruce", "maple", "alder", "teak", "mahogany", "hevea"),
    "plastic": ("abs", "polycarbonate", "polypropylene", "polyethylene", "polystyrene", "pvc", "acrylglass", "melamine"),
    "steel": ("stainless",),
    "textile": ("cotton", "linen", "polyester", "viscose", "wool", "canvas", "oxford", "jersey", "satin"),
    "wool": ("merino", "cashmere", "alpaca", "mohair"),
    "synthetic": ("polyester", "polyamide", "acrylic"),
    "stone": ("marble", "granite"),
    "ceramics": ("porcelain", "faience"),
    "blue": ("navy", "lightblue"),
    "grey": (),
    "EU": ("DE", "FR", "IT", "ES", "PL", "CZ", "AT", "BE", "NL", "FI", "SE", "DK", "PT", "HU", "LT", "LV", "EE", "SK", "SI", "GR", "RO", "BG"),
}  # fmt: skip


def _word(mention: Mention, ground: Ground) -> Span | None:
    for identity in (mention.value, *_KINDS.get(mention.value, ())):
        if found := ground.place(mention.kind.value, identity):
            return found
    forms = lemmas(mention.text) | {fold(mention.text), lemma(mention.text)}
    return next((found for form in sorted(forms) if (found := ground.place("word", form))), None)


_LANGUAGE = re.compile(
    r"^\s+(?:язык|раскладк|алфавит|букв|шрифт|текст|интерфейс|рулетк|размерн|букв)", re.IGNORECASE
)
_ON_HUNDRED = re.compile(r"\bна\s*$", re.IGNORECASE)


def _is_no_claim(mention: Mention, text: str) -> bool:
    """«на русском языке» names a language; «подходит на 100 %» measures nothing."""
    if mention.kind is Kind.COUNTRY:
        return bool(_LANGUAGE.match(text[mention.end :]))
    if mention.kind is Kind.QUANTITY and mention.unit == "percent" and mention.value == "100":
        return bool(_ON_HUNDRED.search(text[max(0, mention.start - 4) : mention.start]))
    return False
