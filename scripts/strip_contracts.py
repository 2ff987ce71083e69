"""What is asked of the marketplaces, as structure alone: from their OpenAPI descriptions into plain JSON Schema.

    python scripts/strip_contracts.py FOLDER

FOLDER holds `<platform>_inbox_openapi.json`. Kept are paths, methods, parameters, bodies and answers with their types,
limits and enumerations; every word of the describing party (descriptions, titles, examples, names of schemas) is left out.
Written is src/vitrina/channels/tests/contracts/<platform>.json; `contracts.py` beside it reads that.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "src/vitrina/channels/tests/contracts"
PATHS = {
    "wildberries": re.compile(
        r"/api/v1/(new-feedbacks-questions|feedbacks?(/(answer|archive|count|count-unanswered))?|questions?(/(count|count-unanswered))?"
        r"|seller/(chats|events|message|download/\{id\}))"
        r"|/content/v2/(get/cards/list|cards/(update|error/list)|object/charcs/\{subjectId\})"
    ),
    "ozon": re.compile(r"/v1/(roles|seller/info)|/v\d/(review|question|chat|product)/.*"),
    "yandex_market": re.compile(
        r"/v2/campaigns|/v\d/businesses/\{businessId\}/(goods-feedback|goods-questions|chats?)(/.*)?"
    ),
}
METHODS = ("get", "post", "put", "patch", "delete")
KEPT = {
    "type", "format", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
    "minItems", "maxItems", "uniqueItems", "pattern", "required", "additionalProperties",
}  # fmt: skip
TYPES = ("array", "boolean", "integer", "number", "object", "string")
INSIDE = ("allOf", "anyOf", "oneOf")
NULL = {"type": "null"}


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    TARGET.mkdir(exist_ok=True)
    for platform, wanted in PATHS.items():
        source = Path(sys.argv[1]) / f"{platform}_inbox_openapi.json"
        described = json.loads(source.read_text(encoding="utf-8"))
        paths = {
            path: {method: operation(methods[method]) for method in METHODS if method in methods}
            for path, methods in sorted(described["paths"].items())
            if wanted.fullmatch(path)
        }
        said = json.dumps({"paths": paths}, ensure_ascii=False, indent=1) + "\n"
        (TARGET / f"{platform}.json").write_text(said, encoding="utf-8")
        print(f"{platform}: {len(paths)} paths, {len(said.encode()):,} bytes")


def operation(one: dict[str, Any]) -> dict[str, Any]:
    """{"query": schema, "headers": [required ones], "body": schema, "form": true, "answers": {"200": schema or null}}"""
    parameters = one.get("parameters", [])
    query = [given for given in parameters if given["in"] == "query"]
    kept: dict[str, Any] = {
        "query": {
            "type": "object",
            "properties": {given["name"]: schema(given["schema"]) for given in query},
            "required": [given["name"] for given in query if given.get("required")],
        },
        "headers": [
            given["name"].lower() for given in parameters if given["in"] == "header" and given.get("required")
        ],
    }
    for media_type, content in (one.get("requestBody") or {}).get("content", {}).items():
        kept["body"] = schema(content.get("schema", {}))
        kept["form"] = media_type == "multipart/form-data"
    kept["answers"] = {status: answer(told) for status, told in one["responses"].items()}
    return kept


def answer(told: dict[str, Any]) -> Any:
    """The schema of its JSON; None where it has none."""
    for media_type, content in (told.get("content") or {}).items():
        if media_type.endswith("json"):
            return schema(content.get("schema", {}))
    return None


def schema(one: dict[str, Any]) -> dict[str, Any]:
    """OpenAPI 3.0 → JSON Schema: nulls are types, exclusive bounds are numbers."""
    if one.get("type") == "array of strings":  # a slip of Ozon's
        one = {"type": "array", "items": {"type": "string"}}
    kept = {name: value for name, value in one.items() if name in KEPT and value is not None}
    if "type" in kept and kept["type"] not in TYPES:
        # Slips of the descriptions: a moment that says it is a «timestamp», an empty record.
        kept = {name: value for name, value in kept.items() if name != "type"}
    for field, meant in (("items", "array"), ("properties", "object")):
        if field in one:
            kept.setdefault("type", meant)
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(kept.get(exclusive), bool) and kept.pop(exclusive) and bound in kept:
            kept[exclusive] = kept.pop(bound)
    if kept.get("type") == "string":
        # A slip of Wildberries': the length of a text as its least and greatest value.
        for bound, length in (("minimum", "minLength"), ("maximum", "maxLength")):
            if bound in kept:
                kept[length] = kept.pop(bound)
    if not isinstance(kept.get("required", []), list):
        del kept["required"]
    if isinstance(one.get("additionalProperties"), dict):
        kept["additionalProperties"] = schema(one["additionalProperties"])
    if "properties" in one:
        kept["properties"] = {name: schema(inner) for name, inner in one["properties"].items()}
    if "items" in one:
        kept["items"] = schema(one["items"])
    for way in INSIDE:
        if way in one:
            kept[way] = [schema(inner) for inner in one[way]]
            kept[way] = [inner for inner in kept[way] if inner] or kept[way][:1]
    return nullable(kept) if one.get("nullable") else kept


def nullable(one: dict[str, Any]) -> dict[str, Any]:
    if any(way in one for way in INSIDE):
        return {"anyOf": [one, NULL]}
    if "type" in one:
        one["type"] = [one["type"], "null"]
    if "enum" in one and None not in one["enum"]:
        one["enum"] = [*one["enum"], None]
    return one


if __name__ == "__main__":
    main()
