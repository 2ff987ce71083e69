"""How well the guardrails find what they are for, on labelled sentences: precision and recall by rule. Pure.

The sentences are ours (`data/sentences.jsonl`); those held out were never looked at while the rules were made.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrina.channels.ports import Abilities, Kind
from vitrina.inbox.guardrails.checking import Reply, SellerRules, check
from vitrina.inbox.guardrails.rules import Severity, rules

FILE = Path(__file__).parent / "data" / "sentences.jsonl"


@dataclass(frozen=True, slots=True)
class Sentence:
    reply: Reply
    expected: frozenset[str]  # ids of rules
    is_held_out: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Counted in pairs of a sentence and a rule."""

    right: int
    false_alarms: int
    missed: int

    @property
    def precision(self) -> float | None:
        """None: nothing was found, rightly or wrongly."""
        found = self.right + self.false_alarms
        return self.right / found if found else None

    @property
    def recall(self) -> float | None:
        """None: there was nothing to find."""
        there = self.right + self.missed
        return self.right / there if there else None


@dataclass(frozen=True, slots=True)
class Report:
    sentences: int
    innocent: int
    blocks: Figures  # rules that block where the sentence stands
    warnings: Figures
    by_rule: dict[str, Figures]


def labelled() -> tuple[Sentence, ...]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return tuple(_sentence(json.loads(line)) for line in lines if line)


def figures(sentences: Iterable[Sentence] | None = None) -> Report:
    """The figures of these sentences, all that we have where None are given. About 3 ms each."""
    chosen: Sequence[Sentence] = tuple(labelled() if sentences is None else sentences)
    counts: Counter[tuple[str, str]] = Counter()
    for sentence in chosen:
        found = frozenset(finding.rule for finding in check(sentence.reply, is_sending=True))
        for outcome, names in (
            ("right", found & sentence.expected),
            ("false_alarms", found - sentence.expected),
            ("missed", sentence.expected - found),
        ):
            for name in names:
                counts[name, outcome] += 1
                counts[_gravity(name, sentence.reply), outcome] += 1
    return Report(
        sentences=len(chosen),
        innocent=sum(not sentence.expected for sentence in chosen),
        blocks=_figures(counts, "*block"),
        warnings=_figures(counts, "*warn"),
        by_rule={rule.id: _figures(counts, rule.id) for rule in rules().rules},
    )


def _gravity(rule_id: str, reply: Reply) -> str:
    severity = rules().named(rule_id).severity(reply.kind, rules().platform(reply.platform), is_sending=True)
    return "*block" if severity is Severity.BLOCK else "*warn"


def _figures(counts: Counter[tuple[str, str]], name: str) -> Figures:
    return Figures(counts[name, "right"], counts[name, "false_alarms"], counts[name, "missed"])


def _sentence(row: dict[str, Any]) -> Sentence:
    kind = Kind(row["kind"])
    least, most = row.get("length", (1, 5_000))
    own = row.get("seller", {})
    seller = SellerRules(
        may_promise_refunds=own.get("may_promise_refunds", False),
        own_names=tuple(own.get("own_names", ())),
        other_shops=tuple(own.get("other_shops", ())),
    )
    reply = Reply(
        text=row["text"],
        kind=kind,
        platform=row["platform"],
        heard=row.get("heard", ""),
        buyer=row.get("buyer", ""),
        facts=tuple(row.get("facts", ())),
        last_answers=tuple(row.get("last_answers", ())),
        limits=Abilities(least, most, is_public=kind is not Kind.CHAT),
        seller=seller,
    )
    return Sentence(reply, frozenset(row["expected"]), bool(row["held_out"]))
