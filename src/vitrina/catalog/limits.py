"""What each target and file format allows: `data/limits.json`, versioned, every limit with its source. Pure.

`kind`: "hard" holds a card back, "advice" is told and lets it go, "not checked" is stated for the reader because it
can't be seen from the card (the pixels of a picture behind an address, a marketplace's own tree).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "limits.json"

HARD = "hard"
ADVICE = "advice"
NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Limit:
    field: str  # of the card: "title", "image_urls" …
    limit: str  # "max_chars", "required" …: a key of `preflight.CHECKS` unless it is not checked
    value: Any
    kind: str
    source: str
    note: str = ""

    @property
    def code(self) -> str:
        return f"{self.field}.{self.limit}"


@dataclass(frozen=True, slots=True)
class Target:
    key: str
    title: str
    description_form: str  # "html" or "text": how the target wants it
    limits: tuple[Limit, ...]

    def limit(self, code: str) -> Limit | None:
        return next((limit for limit in self.limits if limit.code == code), None)

    def with_caps(self, caps: Mapping[str, int]) -> Target:
        """The same target with own values, e.g. {"description.max_chars": 2000} for a subject whose cap is known."""
        unknown = set(caps) - {limit.code for limit in self.limits}
        if unknown:
            raise UnknownLimit(f"{self.title} has no limit {', '.join(sorted(unknown))}.")
        return replace(
            self,
            limits=tuple(
                replace(limit, value=caps[limit.code]) if limit.code in caps else limit
                for limit in self.limits
            ),
        )


class UnknownTarget(ValueError):
    """A target or format that this version doesn't know; the message lists those it does."""


class UnknownLimit(ValueError):
    """A cap for a limit that the target doesn't have."""


def target(key: str) -> Target:
    known = targets()
    if key not in known:
        raise UnknownTarget(f"There is no target «{key}»; known are {', '.join(known)}.")
    return known[key]


@cache
def targets() -> dict[str, Target]:
    data = load()
    return {
        key: Target(key, entry["title"], entry["description_form"], _limits(entry, data["sources"]))
        for key, entry in data["targets"].items()
    }


@cache
def format_limits(file_format: str) -> tuple[Limit, ...]:
    """Limits of a file format, whatever the target; empty for most."""
    data = load()
    entry = data["formats"].get(file_format)
    return _limits(entry, data["sources"]) if entry else ()


@cache
def load() -> Any:
    return json.loads(FILE.read_text(encoding="utf-8"))


def version() -> str:
    return str(load()["version"])


def _limits(entry: Any, sources: Mapping[str, str]) -> tuple[Limit, ...]:
    return tuple(Limit(**limit | {"source": sources[limit["source"]]}) for limit in entry["limits"])
