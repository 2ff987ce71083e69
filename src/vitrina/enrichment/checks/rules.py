"""The rules of `data/text_rules.json`, applied to one text. Words are met by their dictionary form, never by a part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from vitrina.enrichment.checks.forms import FORMS, FormInput
from vitrina.enrichment.checks.injection import has_cue
from vitrina.enrichment.data import load
from vitrina.enrichment.findings import Finding, Severity, Span
from vitrina.enrichment.reading.morphology import is_cyrillic, lemma
from vitrina.lib.text import fold

_WORD = re.compile(r"[#]?[^\W_]+(?:-[^\W_]+)*")
_NEIGHBOURS = 4
_LOOKALIKES = str.maketrans("aceopxyABCEHKMOPTXkmtu", "асеорхуАВСЕНКМОРТХкмти")


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    code: str
    severity: Severity
    source: str  # where the rule comes from, in words
    fields: str  # "all", "title", or "text": everything but titles and keywords
    platforms: frozenset[str]
    how: str
    phrases: tuple[tuple[str, ...], ...] = ()  # each a row of dictionary forms
    pattern: re.Pattern[str] | None = None
    cues: tuple[str, ...] = ()  # lower case; one of them stands in every match
    form: str = ""
    limit: int = 0
    unless: frozenset[str] = frozenset()
    unless_known: tuple[str, ...] = ()
    replacement: str = ""
    repairable: bool = True

    def holds_for(self, field: str, target: str) -> bool:
        if self.platforms and target not in self.platforms:
            return False
        if self.fields == "title":
            return field == "title"
        return self.fields == "all" or not (field.endswith("title") or field.startswith("keywords"))


@cache
def rules() -> tuple[Rule, ...]:
    data = load("text_rules.json")
    return tuple(_rule(row, data["sources"]) for row in data["rules"])


def version() -> str:
    return str(load("text_rules.json")["version"])


def _rule(row: dict[str, Any], sources: dict[str, str]) -> Rule:
    return Rule(
        id=row["id"],
        code=row["code"],
        severity=Severity(row["severity"]),
        source=sources[row["source"]],
        fields=row["fields"],
        platforms=frozenset(row.get("platform", ())),
        how=row["how"],
        phrases=tuple(tuple(phrase.split()) for phrase in row.get("words", ())),
        pattern=re.compile(row["pattern"], re.IGNORECASE) if "pattern" in row else None,
        cues=tuple(row.get("cues", ())),
        form=row.get("form", ""),
        limit=row.get("limit", 0),
        unless=frozenset(row.get("unless", ())),
        unless_known=tuple(row.get("unless_known", ())),
        replacement=row.get("replacement", ""),
        repairable=row["repairable"],
    )


def apply_rules(
    field: str,
    text: str,
    *,
    target: str,
    title: str,
    known: str,
    language: str,
    codes: frozenset[str] = frozenset(),
    names: str = "",
) -> Iterator[Finding]:
    """Findings of every rule that holds for this field and target. `known`: all that the listing says.

    `codes`: only the rules of these codes; empty: all. `names`: the brand as it is written, which may be in capitals.
    """
    said = _said(text)
    lowered = text.lower()
    known_lemmas: frozenset[str] | None = None
    for rule in _rules_of(field.partition("[")[0], target, codes):
        if rule.how == "words":
            spans = said.get(rule.id, ())
        elif rule.cues and not has_cue(rule.cues, lowered):
            continue
        else:
            spans = tuple(_spans(rule, text, FormInput(text, title, known, language, rule.limit, names)))
        if spans and rule.unless_known:
            known_lemmas = lemmas_of(known) if known_lemmas is None else known_lemmas
            if not known_lemmas.isdisjoint(rule.unless_known):
                continue
        for start, end in spans:
            detail: dict[str, str | int | float | list[str]] = {"text": text[start:end], "field": field}
            if rule.replacement:
                detail["replacement"] = rule.replacement
            if rule.platforms:
                detail["target"] = target
            yield Finding(rule.code, rule.severity, detail, Span(field, start, end), rule.id, rule.repairable)


@lru_cache(maxsize=1_024)
def _rules_of(field: str, target: str, codes: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(
        rule for rule in rules() if (not codes or rule.code in codes) and rule.holds_for(field, target)
    )


@lru_cache(maxsize=256)
def lemmas_of(text: str) -> frozenset[str]:
    return frozenset(form for form, _, _ in _words(text))


@lru_cache(maxsize=1_024)
def _words(text: str) -> tuple[tuple[str, int, int], ...]:
    return tuple((_form(match.group()), match.start(), match.end()) for match in _WORD.finditer(text))


@lru_cache(maxsize=65_536)
def _form(word: str) -> str:
    """Dictionary form; Latin look-alikes inside a Cyrillic word («peплика») are read as Cyrillic."""
    if is_cyrillic(word) and any("a" <= letter <= "z" for letter in word.lower()):
        word = word.translate(_LOOKALIKES)
    return lemma(word) if is_cyrillic(word) else fold(word)


@cache
def _by_first_word() -> dict[str, tuple[tuple[Rule, tuple[str, ...]], ...]]:
    found: dict[str, list[tuple[Rule, tuple[str, ...]]]] = {}
    for rule in rules():
        for phrase in rule.phrases:
            found.setdefault(phrase[0], []).append((rule, phrase))
    return {word: tuple(entries) for word, entries in found.items()}


@lru_cache(maxsize=1_024)
def _said(text: str) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """Rule id → where its words stand: all rules of words in one pass."""
    words = _words(text)
    starts = _by_first_word()
    found: dict[str, list[tuple[int, int]]] = {}
    for index, (word, start, _) in enumerate(words):
        for rule, phrase in starts.get(word, ()):
            following = tuple(entry[0] for entry in words[index : index + len(phrase)])
            if following == phrase and not _is_harmless(rule, words, index, len(phrase)):
                found.setdefault(rule.id, []).append((start, words[index + len(phrase) - 1][2]))
    return {rule_id: tuple(spans) for rule_id, spans in found.items()}


def _spans(rule: Rule, text: str, form: FormInput) -> Iterator[tuple[int, int]]:
    if rule.pattern is not None:
        yield from (match.span() for match in rule.pattern.finditer(text))
    else:
        yield from FORMS[rule.form](form)


def _is_harmless(rule: Rule, words: tuple[tuple[str, int, int], ...], index: int, length: int) -> bool:
    if not rule.unless:
        return False
    near = words[max(0, index - _NEIGHBOURS) : index] + words[index + length : index + length + _NEIGHBOURS]
    if any(word in rule.unless for word, _, _ in near):
        return True
    # «99 копий» counts sheets
    return rule.id == "suspicious.replica" and any(
        word.isdigit() for word, _, _ in words[max(0, index - 1) : index]
    )
