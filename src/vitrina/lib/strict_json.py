"""JSON as the standard means it: no NaN, no key twice, no lone surrogates, bounded in size and depth."""

from __future__ import annotations

import json
import math
from typing import Any

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64


class BadJson(ValueError):
    """The text is not JSON that may be kept. `str(error)` is a sentence for the person who sent it."""


def loads(data: str | bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """The value of a JSON document. Raises `BadJson`, never anything else.

    Refused although `json.loads` takes them: NaN and Infinity, numbers too big for a float (1e400), an object
    naming one key twice, lone surrogates, U+0000 (PostgreSQL cannot store it), nesting deeper than `max_depth`.
    """
    size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        raise BadJson(f"The JSON is {size} bytes long; at most {max_bytes} are read.")
    if isinstance(data, bytes):
        try:
            data = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadJson(
                f"The JSON is not UTF-8: the byte at position {error.start} fits nowhere."
            ) from error
    try:
        value = json.loads(
            data, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite_float
        )
    except BadJson:
        raise
    except json.JSONDecodeError as error:
        raise BadJson(f"Not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except ValueError as error:  # an integer of more digits than Python will convert
        raise BadJson("The JSON holds a number with too many digits.") from error
    except RecursionError as error:
        raise BadJson(f"The JSON is nested deeper than {max_depth} levels.") from error
    _inspect(value, max_depth)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadJson(f"The JSON names the key «{key[:100]}» twice in one object.")
        found[key] = value
    return found


def _refuse_constant(name: str) -> float:
    raise BadJson(f"The JSON holds {name}, which is not a JSON number.")


def _finite_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BadJson(f"The JSON holds the number {text[:40]}, which is too big.")
    return number


def _inspect(value: Any, max_depth: int) -> None:
    """Level by level and without recursion: depth, and that every text can be stored."""
    level = [value]
    for depth in range(max_depth + 1):
        below: list[Any] = []
        for item in level:
            if isinstance(item, str):
                _storable(item)
            elif isinstance(item, dict):
                for key in item:
                    _storable(key)
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        if depth == max_depth and any(isinstance(item, dict | list) for item in level):
            raise BadJson(f"The JSON is nested deeper than {max_depth} levels.")
        level = below


def _storable(text: str) -> None:
    if "\x00" in text:
        raise BadJson("The JSON holds the character U+0000, which cannot be stored.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadJson(
            "The JSON holds half a character (a lone surrogate), which cannot be stored."
        ) from error
