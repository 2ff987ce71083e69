"""From a model's text to a checked object: strict first, then a bounded repair of almost-JSON, then the schema.

A text that was cut off is never completed: half an answer is no answer.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

Out = TypeVar("Out", bound=BaseModel)
_PAIR = re.compile(r'"\s*:')
MOST_REPAIRABLE = 64 * 1024  # json-repair is not linear on hostile text (its issue 203)
_FENCE = re.compile(r"\A\s*```[a-zA-Z]*\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)


class BrokenAnswer(ValueError):
    """`errors`: sentences for the model's one chance to mend it."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(errors[0] if errors else "broken")
        self.errors = errors


def parsed(text: str, model: type[Out]) -> tuple[Out, bool]:
    """The checked object and whether the text had to be repaired. Raises BrokenAnswer."""
    value, repaired = json_of(text)
    try:
        checked = model.model_validate(value)
    except ValidationError as error:
        raise BrokenAnswer(_sentences(error)) from error
    if not _is_finite(checked.model_dump()):
        # A float field takes the text "NaN" for a number; nothing that follows could use it.
        raise BrokenAnswer(["A number is not finite."])
    return checked, repaired


def json_of(text: str) -> tuple[Any, bool]:
    stripped = text.strip().removeprefix("\ufeff").strip()
    if not stripped:
        raise BrokenAnswer(["The answer is empty."])
    try:
        return _strict(stripped), False
    except BrokenAnswer:
        raise
    except ValueError:
        pass
    inner = _FENCE.match(stripped)
    body = inner.group(1).strip() if inner else _outermost(stripped)
    try:
        return _strict(body), True
    except BrokenAnswer:
        raise
    except ValueError as error:
        reason = str(error)
    if len(body) > MOST_REPAIRABLE:
        raise BrokenAnswer([f"The answer is not JSON ({reason}) and too long to be repaired."])
    if not _is_whole(body):
        raise BrokenAnswer([f"The answer is not one whole JSON object: {reason}."])
    from json_repair import repair_json

    try:
        # To text and through the strict parser again: the repairer itself would let NaN through.
        value = from_json(repair_json(body, skip_json_loads=True), allow_inf_nan=False)
    except (ValueError, RecursionError) as error:
        raise BrokenAnswer([f"The answer is not JSON: {reason}."]) from error
    if not isinstance(value, dict) or not value:
        raise BrokenAnswer([f"The answer is not one JSON object: {reason}."])
    return value, True


def _strict(text: str) -> Any:
    """Raises ValueError; BrokenAnswer where an object names a key twice: nobody knows which of the two is meant."""
    value = from_json(text, allow_inf_nan=False)
    # The quick parser takes the last of two silently. More colons in the text than keys in the value call for a
    # slower look, more pairs for a slow one; both are found harmless where they stand inside of words.
    keys = _count_keys(value)
    if text.count(":") > keys and len(_PAIR.findall(text)) > keys:
        json.loads(text, object_pairs_hook=_named_once)
    return value


def _count_keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_count_keys(item) for item in value.values() if not isinstance(item, str))
    if isinstance(value, list):
        return sum(_count_keys(item) for item in value if not isinstance(item, str))
    return 0


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BrokenAnswer([f"The answer names the key {twice[:80]!r} twice in one object."])
    return named


def partial(text: str) -> Mapping[str, Any] | None:
    """What can be read of an object that is still being written; None while nothing can."""
    begin = text.find("{")
    if begin < 0:
        return None
    try:
        value = from_json(text[begin:], allow_partial="trailing-strings")
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_finite, value))
    return True


def _outermost(text: str) -> str:
    """Words before and after the object, taken off; two objects stay two and are refused later."""
    begin, end = text.find("{"), text.rfind("}")
    return text[begin : end + 1] if 0 <= begin < end else text


def _is_whole(text: str) -> bool:
    """One object from its first to its last brace, counted outside of strings."""
    if not text.startswith("{"):
        return False
    depth, inside, escaped = 0, False, False
    for place, letter in enumerate(text):
        if inside:
            if escaped:
                escaped = False
            elif letter == "\\":
                escaped = True
            elif letter == '"':
                inside = False
        elif letter == '"':
            inside = True
        elif letter in "{[":
            depth += 1
        elif letter in "}]":
            depth -= 1
            if depth == 0:
                return place == len(text) - 1
    return False


def _sentences(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(str(part) for part in item['loc']) or 'the answer'}: {item['msg']}"
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ][:20]
