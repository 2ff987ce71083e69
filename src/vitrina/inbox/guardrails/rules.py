"""The rules of `data/rules.toml`, read once per process. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from vitrina.channels.ports import Kind

FILE = Path(__file__).parent / "data" / "rules.toml"


class Severity(StrEnum):
    WARN = "warn"  # a person may send it all the same
    BLOCK = "block"  # it can't be sent


class Negation(StrEnum):
    """Whether a «не» makes what was found harmless."""

    NO = "no"
    BEFORE = "before"  # «не» before it or in it
    AROUND = "around"  # or behind it: «скидки за отзывы мы не даём»


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    showing: Severity
    sending: Mapping[Kind, Severity]  # a channel that isn't here has no such rule
    sending_on: Mapping[str, Mapping[Kind, Severity]]  # by platform, in the place of `sending`
    platforms: frozenset[str]  # empty: all
    source: str  # where the rule comes from, in words
    hint: Mapping[str, str]  # what to do instead, by language
    patterns: tuple[re.Pattern[str], ...]
    patterns_of: Mapping[Kind, tuple[re.Pattern[str], ...]]  # of one channel alone
    spaced: tuple[re.Pattern[str], ...]  # for words written letter by letter
    negated: Negation
    unless_if: bool  # harmless behind an «если»
    unless_known: bool  # harmless where the product's own facts say the same words
    unless_sentence: re.Pattern[str] | None  # harmless in a sentence that has this
    waived_by: str  # a right of the seller that takes the rule away
    most_words: int  # only in replies of at most so many words; 0: in all
    heard: bool  # what the buyer wrote is looked at as well

    def severity(self, kind: Kind, platform: str, *, is_sending: bool) -> Severity | None:
        """None: the rule doesn't hold there."""
        if self.platforms and platform not in self.platforms:
            return None
        at_sending = self.sending_on.get(platform, self.sending).get(kind)
        return at_sending if is_sending or at_sending is None else self.showing


@dataclass(frozen=True, slots=True)
class Marketplace:
    id: str
    called: frozenset[str]
    names: re.Pattern[str]
    allowed: Mapping[Kind, tuple[str, ...]]  # domains that may be linked to


@dataclass(frozen=True, slots=True)
class Rules:
    version: str
    rules: tuple[Rule, ...]
    marketplaces: tuple[Marketplace, ...]

    def named(self, rule_id: str) -> Rule:
        return next(rule for rule in self.rules if rule.id == rule_id)

    def platform(self, name: str) -> str:
        """The one name of a platform, however another room calls it."""
        return next((one.id for one in self.marketplaces if name.lower() in one.called), name)


@cache
def rules() -> Rules:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    pieces = _pieces(data["pieces"])
    return Rules(
        version=data["version"],
        rules=tuple(_rule(row, data["sources"], pieces) for row in data["rules"]),
        marketplaces=tuple(
            Marketplace(
                id=row["id"],
                called=frozenset(row["called"]),
                names=re.compile(rf"(?<![\w-])(?:{'|'.join(row['names'])})(?![\w-])"),
                allowed={Kind(kind): tuple(domains) for kind, domains in row["allowed"].items()},
            )
            for row in data["marketplaces"]
        ),
    )


def _pieces(given: Mapping[str, str]) -> dict[str, str]:
    return {f"<{name}>": pattern for name, pattern in given.items()}


def _rule(row: dict[str, Any], sources: Mapping[str, str], pieces: Mapping[str, str]) -> Rule:
    def compiled(patterns: list[str]) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(_filled(pattern, pieces)) for pattern in patterns)

    return Rule(
        id=row["id"],
        showing=Severity(row["showing"]),
        sending=_by_kind(row["sending"]),
        sending_on={name: _by_kind(table) for name, table in row.get("sending_on", {}).items()},
        platforms=frozenset(row.get("platforms", ())),
        source=sources[row["source"]],
        hint=row["hint"],
        patterns=compiled(row.get("patterns", [])),
        patterns_of={Kind(kind): compiled(given) for kind, given in row.get("patterns_of", {}).items()},
        spaced=compiled(row.get("spaced", [])),
        negated=Negation(row.get("negated", "before")),
        unless_if=row.get("unless_if", False),
        unless_known=row.get("unless_known", False),
        unless_sentence=re.compile(row["unless_sentence"]) if "unless_sentence" in row else None,
        waived_by=row.get("waived_by", ""),
        most_words=row.get("most_words", 0),
        heard=row.get("heard", False),
    )


def _filled(pattern: str, pieces: Mapping[str, str]) -> str:
    for name, piece in pieces.items():
        pattern = pattern.replace(name, piece)
    return pattern


def _by_kind(table: Mapping[str, str]) -> dict[Kind, Severity]:
    return {Kind(kind): Severity(severity) for kind, severity in table.items()}
