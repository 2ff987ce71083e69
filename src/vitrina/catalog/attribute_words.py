"""A category's attributes as people write them: choices in one field, a whole schema in one cell of a table. Pure.

A choice a line: «хлопок / cotton = х/б, коттон» is the value, its English name and other words for it.
An attribute a line: «Цвет / Colour (окраска): choice, required: белый / white = снежный; чёрный».
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from vitrina.catalog.attribute_schema import (
    CHOOSING,
    KINDS,
    AttributeChoice,
    CategoryAttribute,
    attributes_of,
)
from vitrina.lib.text import normalise

_ENGLISH = re.compile(r"\s+/\s+")
_EQUAL = re.compile(r"\s*=\s*")
_CALLED = re.compile(r"^(?P<name>.*?)\s*\((?P<also>[^()]*)\)$")
_REQUIRED = "required"


def choices_as_text(choices: Sequence[AttributeChoice]) -> str:
    """A choice a line."""
    return "\n".join(_choice_as_text(choice) for choice in choices)


def choices_from_text(text: str) -> list[dict[str, Any]]:
    """Rows for `attribute_schema.checked`; empty lines say nothing."""
    return [_choice_from_text(line) for line in text.splitlines() if line.strip()]


def schema_as_cell(attributes: Sequence[CategoryAttribute]) -> str:
    """Read back by `schema_from_cell` exactly; JSON where the words themselves hold what parts them."""
    if not attributes:
        return ""
    lines = "\n".join(_attribute_as_text(one) for one in attributes)
    if attributes_of(schema_from_cell(lines)) == tuple(attributes):
        return lines
    return json.dumps([one.row for one in attributes], ensure_ascii=False)


def schema_from_cell(cell: str) -> list[Any]:
    """Rows for `attribute_schema.checked`: of a JSON list, or of lines. Never raises: what can't be read is refused there."""
    text = cell.strip()
    if text.startswith("["):
        try:
            loaded = json.loads(text)
        except (ValueError, RecursionError):
            loaded = None
        if isinstance(loaded, list):
            return loaded
    return [_attribute_from_text(line) for line in text.splitlines() if line.strip()]


def _choice_as_text(choice: AttributeChoice) -> str:
    english = f" / {choice.value_en}" if choice.value_en else ""
    return f"{choice.value}{english}{' = ' if choice.synonyms else ''}{', '.join(choice.synonyms)}"


def _choice_from_text(text: str) -> dict[str, Any]:
    names, *others = _EQUAL.split(normalise(text), maxsplit=1)
    value, *english = _ENGLISH.split(names, maxsplit=1)
    return {"value": value, "value_en": "".join(english), "synonyms": ", ".join(others)}


def _attribute_as_text(one: CategoryAttribute) -> str:
    called = f" ({', '.join(one.synonyms)})" if one.synonyms else ""
    english = f" / {one.name_en}" if one.name_en else ""
    about = [one.kind, *([one.unit] if one.unit else []), *([_REQUIRED] if one.required else [])]
    choices = f": {'; '.join(_choice_as_text(choice) for choice in one.choices)}" if one.choices else ""
    return f"{one.name}{english}{called}: {', '.join(about)}{choices}"


def _attribute_from_text(line: str) -> dict[str, Any]:
    head, *more = normalise(line).split(":", maxsplit=2)
    head = head.strip()
    called = _CALLED.match(head)
    name, *english = _ENGLISH.split(called.group("name") if called else head, maxsplit=1)
    row: dict[str, Any] = {"name": name, "name_en": "".join(english)}
    if called:
        row["synonyms"] = called.group("also")
    about = [word.strip() for word in (more[0] if more else "").split(",")]
    row["required"] = _REQUIRED in about
    words = [word for word in about if word and word != _REQUIRED]
    if words and (words[0] in KINDS or len(words) > 1):
        row["kind"] = words.pop(0)
    row["unit"] = ", ".join(words)
    if len(more) > 1:
        row["choices"] = [_choice_from_text(piece) for piece in more[1].split(";") if piece.strip()]
        row.setdefault("kind", "choice")
    elif row["unit"]:
        row.setdefault("kind", "number")
    if row.get("kind") in CHOOSING and "choices" not in row:
        row["choices"] = []
    return row
