"""A person's values for the attributes of a place, held against what the marketplace takes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from vitrina.enrichment.placement.mapping import PERSON
from vitrina.lib.text import fold, normalise

LONGEST = 500
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def said_by_person(
    schema: Sequence[Mapping[str, Any]], given: Mapping[str, str], stood: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """(values by attribute, what is wrong by attribute, in words). What reads as it did keeps where it came from."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for row in schema:
        key = str(row["key"])
        before = stood.get(key)
        text = normalise(given.get(key, ""))
        if before and text == written(before):
            values[key] = before
            continue
        if not text:
            if before:  # taken away: it isn't filled again by itself
                values[key] = {**before, "values": [], "state": PERSON}
            continue
        parts = [part.strip() for part in text.split(";") if part.strip()] if row.get("most") != 1 else [text]
        trouble = _trouble(row, parts)
        if trouble:
            wrong[key] = trouble
            continue
        values[key] = {
            "name": str(row["name"]),
            "values": [_value(row, part) for part in parts],
            "is_number": row.get("kind") == "number",
            "state": PERSON,
            "evidence": {"name": "", "value": ""},
        }
    return values, wrong


def written(said: Mapping[str, Any]) -> str:
    """As it stands in its box."""
    return "; ".join(one["text"] for one in said["values"])


def _trouble(row: Mapping[str, Any], parts: Sequence[str]) -> str:
    most = int(row.get("most") or 0)
    if most and len(parts) > most:
        return _("%(count)d values; the marketplace takes %(most)d.") % {"count": len(parts), "most": most}
    if any(len(part) > LONGEST for part in parts):
        return _("A value is longer than %(most)d characters.") % {"most": LONGEST}
    if row.get("kind") == "number":
        return "" if _NUMBER.fullmatch(parts[0]) else _("Only a number goes here.")
    choices = {fold(str(choice["value"])) for choice in row.get("choices") or ()}
    is_closed = bool(choices) and not row.get("is_open")
    strange = [part for part in parts if is_closed and fold(part) not in choices]
    return _("The marketplace's list has no «%(value)s».") % {"value": strange[0][:80]} if strange else ""


def _value(row: Mapping[str, Any], part: str) -> dict[str, str]:
    for choice in row.get("choices") or ():
        if fold(str(choice["value"])) == fold(part):
            return {"id": str(choice.get("id") or ""), "text": str(choice["value"])}
    return {"id": "", "text": part.replace(",", ".") if row.get("kind") == "number" else part}
