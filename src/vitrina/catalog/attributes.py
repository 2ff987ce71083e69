"""Attributes in one cell of a spreadsheet: «Материал: хлопок», one a line; JSON where that would be ambiguous. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

LINES = re.compile(r"\n|;\s*(?=[^;:\n]{1,80}:\s)|\s\|\s")
PAIR = re.compile(r"\s*[:=]\s*")
NAMELESS = "Характеристики"
UNITS = frozenset(
    [
        "мг",
        "г",
        "кг",
        "т",
        "мл",
        "л",
        "мм",
        "см",
        "м",
        "км",
        "м²",
        "м³",
        "кв.м",
        "куб.м",
        "шт",
        "уп",
        "пар",
        "мм²",
        "дюйм",
        "мин",
        "ч",
        "с",
        "мес",
        "лет",
        "В",
        "Вт",
        "кВт",
        "А",
        "мА",
        "мА·ч",
        "Гц",
        "кГц",
        "МГц",
        "ГГц",
        "МБ",
        "ГБ",
        "ТБ",
        "МП",
        "дБ",
        "°C",
        "об/мин",
        "мкм",
        "л/мин",
        "стр",
    ]
)


def to_cell(attributes: Mapping[str, str]) -> str:
    """Read back by `from_cell` exactly."""
    lines = "\n".join(f"{name}: {value}" for name, value in attributes.items())
    if list(from_cell(lines).items()) == list(attributes.items()):
        return lines
    return json.dumps(dict(attributes), ensure_ascii=False)


def from_cell(cell: str) -> dict[str, str]:
    """Attributes of a cell: a JSON object, or pairs «name: value» in lines or behind semicolons.

    A piece without a colon goes on with the value before it; when there is none, it is kept under NAMELESS, so
    that nothing is lost.
    """
    text = cell.strip()
    if text.startswith("{"):
        try:
            loaded = json.loads(text)
        except (ValueError, RecursionError):
            loaded = None
        if isinstance(loaded, dict):
            return {
                str(name): value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                for name, value in loaded.items()
            }
    found: dict[str, str] = {}
    last = ""
    for piece in LINES.split(text):
        name, *rest = PAIR.split(piece.strip(), maxsplit=1)
        if rest and name:
            last = name
            found[name] = f"{found[name]}, {rest[0]}" if name in found else rest[0]
        elif piece.strip():
            if last:
                found[last] = f"{found[last]}; {piece.strip()}"
            else:
                last = NAMELESS
                found[last] = piece.strip()
    return found


def with_unit(name: str, unit: str) -> str:
    """«Вес», «г» → «Вес, г»."""
    return f"{name}, {unit}" if unit and not name.endswith(f", {unit}") else name


def without_unit(name: str) -> tuple[str, str]:
    """«Вес, г» → («Вес», «г»); a name whose end is no unit stays whole."""
    bare, comma, unit = name.rpartition(", ")
    return (bare, unit) if comma and bare and unit in UNITS else (name, "")
