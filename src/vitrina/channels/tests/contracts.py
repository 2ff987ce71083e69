"""Whether a request, and the answer to it, are as a marketplace describes them.

The facts stand in `contracts/<platform>.json`: structure alone, written by `scripts/strip_contracts.py` from the
marketplaces' OpenAPI descriptions – Wildberries as of 27 December 2025 (kept in the public repository eslazarev/wildberries-sdk),
Ozon's Seller API as of 13 April 2026 (phpsoftbox/ozon), Yandex Market's Partner API as of 17 July 2026
(yandex-market/yandex-market-partner-api). What isn't used was left out. `by_hand.json` holds what no such description was at
hand for: Wildberries' subjects and pictures, Ozon's tree of categories, Yandex Market's products (its single schema files of July 2026 and its
pages for developers), and Instagram's media (pages of Meta's for developers, June 2026).

Both questions are asked strictly: a field that the description doesn't have is trouble, too, be it a slip of ours or a
simulator that makes things up. `witness` asks them of all that passes between an adapter and a simulator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware
from jsonschema import Draft202012Validator

from vitrina.simulators.marketplace import ASKED, Asked

FOLDER = Path(__file__).parent / "contracts"
PLATFORMS = ("wildberries", "ozon", "yandex_market", "instagram")
BY_HAND = "by_hand"
# What stands before a marketplace may answer these at any door, whatever the description says.
GATEWAYS = {401, 403, 413, 420, 423, 429}
OURS = "Vitrina"  # what an adapter calls itself
# With these a simulator means to say something that no description has.
LIES = {"server_error", "unavailable", "garbage", "broken"}


def witness(platform: str, trouble: list[str]) -> Middleware:
    """To be put before all else in a simulator: writes down what is wrong with the requests of an adapter, and with
    every answer but those that a fault was ordered for."""

    @web.middleware
    async def watching(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            answer = await handler(request)
        finally:  # also where a fault cut it
            asked = request.get(ASKED)
            if asked is not None and asked.headers.get("user-agent") == OURS:
                trouble.extend(trouble_with(platform, asked))
        is_described = asked is not None and _operation(platform, asked) is not None
        if asked is not None and is_described and asked.fault not in LIES:
            body = getattr(answer, "body", None)
            told = json.loads(body) if isinstance(body, bytes) and body else None
            trouble.extend(trouble_with_answer(platform, asked, answer.status, told))
        return answer

    return watching


# Where examples of Ozon's own disagree with its types: yes and no, and numbers, as text; the case of a word; a Cyrillic
# letter among Latin ones. A simulator that sends these is right, and so is an adapter that bears them.
_YES_OR_NO = {"has_next"}
_NUMBERS = {"message_id", "first_unread_message_id", "last_message_id", "answers_count"}


def trouble_with(platform: str, asked: Asked) -> list[str]:
    """What is wrong with a request; empty where nothing is."""
    found = _operation(platform, asked)
    if found is None:
        return [f"{asked.method} {asked.path}: there is no such door"]
    where = f"{asked.method} {asked.path}"
    trouble = [
        f"{where}: the header «{name}» is missing" for name in found["headers"] if not asked.headers.get(name)
    ]
    query = {
        name: _read(value, found["query"]["properties"].get(name, {})) for name, value in asked.query.items()
    }
    trouble += [f"{where} query{words}" for words in _complaints(found["query"], query)]
    if "body" not in found:
        if asked.body not in (None, "", {}):
            trouble.append(f"{where}: a body where none is expected")
    elif asked.body is not None or found["body"].get("required"):
        body = _form(asked.body, found["body"]) if found.get("form") else asked.body
        trouble += [f"{where} body{words}" for words in _complaints(found["body"], body)]
    return trouble


def trouble_with_answer(platform: str, asked: Asked, status: int, said: Any) -> list[str]:
    """What is wrong with an answer to a request. Trouble of its own (5xx) may have any words; what isn't required may
    be null, which the descriptions mostly forget to say."""
    found = _operation(platform, asked)
    if found is None:
        return [f"{asked.method} {asked.path}: there is no such door"]
    where, answers = f"{asked.method} {asked.path} → {status}", found["answers"]
    if status >= 500 or (status in GATEWAYS and not {str(status), "default"} & answers.keys()):
        return []
    if str(status) in answers:
        schema = answers[str(status)]
    elif status >= 400 and "default" in answers:
        schema = answers["default"]
    else:
        return [f"{where}: no such status, there are {', '.join(answers)}"]
    if schema is None:
        return [] if said is None else [f"{where}: a body where none is described"]
    told = _without_slips(said) if platform == "ozon" else said
    return [f"{where}{words}" for words in _complaints(schema, told, may_be_null=True)]


@cache
def contract(platform: str) -> dict[str, Any]:
    """{"paths": {"/v1/roles": {"post": …}}}"""
    by_hand = _file(BY_HAND).get(platform, {"paths": {}})
    described = _file(platform) if (FOLDER / f"{platform}.json").exists() else {"paths": {}}
    return {"paths": described["paths"] | by_hand["paths"]}


def _file(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


@cache
def _doors(platform: str) -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Paths without a place to fill first."""
    paths = sorted(contract(platform)["paths"].items(), key=lambda pair: pair[0].count("{"))
    return [
        (re.compile("[^/]+".join(map(re.escape, re.split(r"\{\w+\}", path)))), methods)
        for path, methods in paths
    ]


def _operation(platform: str, asked: Asked) -> dict[str, Any] | None:
    for pattern, methods in _doors(platform):
        if pattern.fullmatch(asked.path):
            return methods.get(asked.method.lower())
    return None


def _read(text: str, schema: Mapping[str, Any]) -> Any:
    """A value of an address as its type; text that isn't of it stays, and is complained of."""
    types = schema.get("type", "string")
    wanted = types[0] if isinstance(types, list) else types
    if wanted == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if wanted == "number" and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    if wanted == "boolean" and text in ("true", "false"):
        return text == "true"
    if wanted == "array":
        return [_read(part, schema.get("items", {})) for part in text.split(",")]
    return text


def _form(body: Any, schema: Mapping[str, Any]) -> Any:
    """The fields of a form as their types: all came as text."""
    if not isinstance(body, dict):
        return body
    properties = schema.get("properties", {})
    return {
        name: [value] if properties.get(name, {}).get("type") == "array" else value
        for name, value in body.items()
    }


def _without_slips(said: Any, name: str = "") -> Any:
    if isinstance(said, dict):
        return {key: _without_slips(value, key) for key, value in said.items()}
    if isinstance(said, list):
        return [_without_slips(one) for one in said]
    if not isinstance(said, str):
        return said
    if name in _YES_OR_NO and said in ("true", "false"):
        return said == "true"
    if name in _NUMBERS and said.isdigit():
        return int(said)
    if name == "chat_type":
        return said.upper()
    return said.replace("\u0421", "C") if name == "type" else said


def _complaints(schema: dict[str, Any], value: Any, *, may_be_null: bool = False) -> list[str]:
    """«.answer.text: 'a' is too short», without the rest of the value."""
    return [
        f"{error.json_path.removeprefix('$')}: {_short(error.message)}"
        for error in _validator(schema, may_be_null).iter_errors(value)
    ]


_validators: dict[tuple[int, bool], Draft202012Validator] = {}


def _validator(schema: dict[str, Any], may_be_null: bool) -> Draft202012Validator:
    """By the schema's identity: a contract is read once and stays."""
    key = (id(schema), may_be_null)
    if key not in _validators:
        _validators[key] = Draft202012Validator(_strict(_with_nulls(schema) if may_be_null else schema))
    return _validators[key]


def _with_nulls(schema: Any) -> Any:
    """What isn't required may be null."""
    if isinstance(schema, list):
        return [_with_nulls(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    loose = {name: _with_nulls(value) for name, value in schema.items() if name != "properties"}
    if "properties" in schema:
        needed = schema.get("required", ())
        loose["properties"] = {
            name: _with_nulls(one) if name in needed else _or_null(_with_nulls(one))
            for name, one in schema["properties"].items()
        }
    return loose


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(schema.get("type"), str):
        return {"anyOf": [schema, {"type": "null"}]} if schema else schema
    either = schema | {"type": [schema["type"], "null"]}
    return either | {"enum": [*schema["enum"], None]} if "enum" in schema else either


def _short(words: str) -> str:
    """The value stands before what is wrong with it, however long it is."""
    return words if len(words) <= 300 else f"{words[:100]} … {words[-200:]}"


def _strict(schema: Any, *, is_part: bool = False) -> Any:
    """Where fields are listed, no others. `is_part`: one of several that describe the same object together."""
    if not isinstance(schema, dict):
        return schema
    strict = dict(schema)
    if "properties" in schema:
        strict["properties"] = {name: _strict(one) for name, one in schema["properties"].items()}
    if "items" in schema:
        strict["items"] = _strict(schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        strict["additionalProperties"] = _strict(schema["additionalProperties"])
    for way in ("allOf", "anyOf", "oneOf"):
        if way in schema:
            parts = way == "allOf" or "properties" in schema or is_part
            strict[way] = [_strict(one, is_part=parts) for one in schema[way]]
    listed = "properties" in schema or "allOf" in schema
    if listed and not is_part and "additionalProperties" not in schema:
        strict["unevaluatedProperties"] = False
    return strict
