"""The JSON schema that a generator's output model asks of a provider."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from pydantic import BaseModel

# Keywords outside OpenAI's strict subset (structured outputs guide, 2026): said in the description instead,
# so that the model knows them; the pydantic model checks them either way.
_LENGTHS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
}
_DROPPED = {"default", "title", "uniqueItems", "examples"}


@dataclass(frozen=True)
class OutputSchema:
    """`full` keeps every keyword, `subset` is OpenAI's; `strict` is False where the subset can't say it (open maps)."""

    name: str
    full: orjson.Fragment
    subset: orjson.Fragment
    text: str
    strict: bool
    digest: str


@lru_cache(maxsize=256)
def schema_of(model: type[BaseModel]) -> OutputSchema:
    given = model.model_json_schema()
    full, subset = _tightened(given, subset=False), _tightened(given, subset=True)
    full_bytes = orjson.dumps(full, option=orjson.OPT_SORT_KEYS)
    return OutputSchema(
        name=re.sub(r"[^A-Za-z0-9_-]", "_", model.__name__)[:64],
        full=orjson.Fragment(orjson.dumps(full)),
        subset=orjson.Fragment(orjson.dumps(subset)),
        text=orjson.dumps(full).decode(),
        strict=not _has_open_map(subset),
        digest=hashlib.sha256(full_bytes).hexdigest()[:16],
    )


def _tightened(node: Any, *, subset: bool, is_property_map: bool = False) -> Any:
    """Every property required, nothing else allowed; the model decides by null, not by leaving out."""
    if isinstance(node, list):
        return [_tightened(item, subset=subset) for item in node]
    if not isinstance(node, dict):
        return node
    if is_property_map:
        return {name: _tightened(item, subset=subset) for name, item in node.items()}
    result: dict[str, Any] = {}
    hints: list[str] = []
    for key, value in node.items():
        if key in _DROPPED:
            continue
        if subset and key in _LENGTHS:
            hints.append(_LENGTHS[key].format(value))
            continue
        result[key] = _tightened(value, subset=subset, is_property_map=key in ("properties", "$defs"))
    if hints:
        said = result.get("description", "")
        result["description"] = f"{said} ({', '.join(hints)})".strip()
    if "properties" in node:
        result["required"] = list(node["properties"])
        result["additionalProperties"] = False
    return result


def _has_open_map(node: Any) -> bool:
    if isinstance(node, list):
        return any(_has_open_map(item) for item in node)
    if not isinstance(node, dict):
        return False
    if node.get("type") == "object" and node.get("additionalProperties") is not False:
        return True
    return any(_has_open_map(item) for item in node.values())
