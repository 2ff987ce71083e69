"""The OpenAPI description as a page reads it: operations by subject, references resolved. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 3
Schema = Mapping[str, Any]
Pieces = list[tuple[str, bool]]  # words, and whether they are code


@dataclass(frozen=True)
class Field:
    name: str
    kind: str  # "integer", "string, null", "ru | en", "list of string" …
    place: str  # "path", "query", "header", "body"
    is_required: bool
    words: Pieces
    limits: str  # "1 … 200", "≤ 200 characters"
    depth: int = 0


@dataclass(frozen=True)
class Sample:
    name: str  # "request", "answer"
    status: str
    text: str


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    words: list[Pieces]
    scope: str
    fields: list[Field]
    samples: list[Sample]
    statuses: list[tuple[str, str]]


@dataclass(frozen=True)
class Group:
    name: str
    operations: list[Operation]


def groups(description: Schema) -> list[Group]:
    found: dict[str, list[Operation]] = {}
    for path, methods in description["paths"].items():
        for method in METHODS:
            if method in methods:
                told = methods[method]
                found.setdefault(told["tags"][0], []).append(_operation(path, method, told, description))
    return [Group(name, operations) for name, operations in sorted(found.items())]


def _operation(path: str, method: str, told: Schema, description: Schema) -> Operation:
    body = told.get("requestBody", {}).get("content", {})
    fields = [_parameter(one, description) for one in told.get("parameters", [])]
    fields.sort(key=lambda one: ("path", "query", "header").index(one.place))
    for media, content in body.items():
        place = "body" if media == "application/json" else media
        fields += _members(content["schema"], description, place, 0)
    scope = told.get("x-scope", "")
    # The last paragraph names the scope, which stands beside the address already.
    parts = told.get("description", "").split("\n\n")
    words = [pieces(part) for part in parts if part and f"`{scope}`" not in part]
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        words=words,
        scope=scope,
        fields=fields,
        samples=[*_samples(body, "request", ""), *_answers(told["responses"])],
        statuses=[
            (status, answer.get("description", "")) for status, answer in sorted(told["responses"].items())
        ],
    )


def _parameter(told: Schema, description: Schema) -> Field:
    return _field(
        told["name"],
        told["schema"],
        description,
        told["in"],
        bool(told.get("required")),
        told.get("description", ""),
    )


def _members(schema: Schema, description: Schema, place: str, depth: int) -> Iterator[Field]:
    whole = resolved(schema, description)
    required = set(whole.get("required", []))
    for name, told in whole.get("properties", {}).items():
        yield _field(name, told, description, place, name in required, told.get("description", ""), depth)
        inner = resolved(told, description)
        inner = resolved(inner["items"], description) if "items" in inner else inner
        if inner.get("properties") and depth < DEEPEST:
            yield from _members(inner, description, place, depth + 1)


def _field(
    name: str, schema: Schema, description: Schema, place: str, is_required: bool, words: str, depth: int = 0
) -> Field:
    whole = resolved(schema, description)
    return Field(
        name, kind_of(whole, description), place, is_required, pieces(words), limits_of(whole), depth
    )


def pieces(text: str) -> Pieces:
    """What stands between backticks is code."""
    return [(part, number % 2 == 1) for number, part in enumerate(text.split("`")) if part]


def resolved(schema: Schema, description: Schema) -> Schema:
    """The schema that a reference names; of alternatives with null, the other one with what stands beside it."""
    if "$ref" in schema:
        found: Any = description
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return resolved(found, description)
    for word in ("allOf", "oneOf", "anyOf"):
        others = [one for one in schema.get(word, []) if one.get("type") != "null"]
        if len(others) == 1:
            rest = {name: value for name, value in schema.items() if name != word}
            return {**resolved(others[0], description), **rest}
    return schema


def kind_of(schema: Schema, description: Schema) -> str:
    if "enum" in schema:
        return " | ".join("null" if value is None else str(value) or "«»" for value in schema["enum"])
    kinds = schema.get("type", "any")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "array" in kinds:
        return f"[{kind_of(resolved(schema.get('items', {}), description), description)}]"
    form = schema.get("format", "")
    named = [form if kind == "string" and form else kind for kind in kinds]
    return " | ".join(named)


def limits_of(schema: Schema) -> str:
    told = []
    low, high = schema.get("minimum"), schema.get("maximum")
    if high is not None and high < 2**53:
        told.append(f"{low if low is not None else ''}…{high}")
    if "maxLength" in schema:
        told.append(f"{schema.get('minLength', 0)}…{schema['maxLength']}")
    if "maxItems" in schema:
        told.append(f"{schema.get('minItems', 0)}…{schema['maxItems']}")
    if "default" in schema and schema["default"] is not None and schema["default"] != "":
        told.append(f"= {json.dumps(schema['default'], ensure_ascii=False)}")
    return ", ".join(told)


def _samples(content: Schema, name: str, status: str) -> Iterator[Sample]:
    for media in content.values():
        for one in media.get("examples", {}).values():
            yield Sample(name, status, json.dumps(one["value"], ensure_ascii=False, indent=2))


def _answers(responses: Schema) -> Iterator[Sample]:
    for status, answer in responses.items():
        yield from _samples(answer.get("content", {}), "answer", status)
