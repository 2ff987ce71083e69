"""How well grounding finds planted false claims: `python -m vitrina.enrichment.checks.measure FILE [--split held_out]`.

FILE is JSON Lines: {"id", "split", "language", "facts", "text", "planted": null | {"kind", "start", "end"}}. A planted
claim is found when a finding overlaps it. Every other finding, in a faithful or a false text, is a false alarm.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.checks.card import ground_texts
from vitrina.enrichment.findings import Finding

SET = Path(__file__).parents[1] / "tests" / "data" / "grounding.jsonl"


@dataclass(slots=True)
class Measured:
    texts: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    called: dict[str, Counter[str]] = field(default_factory=dict)  # planted kind → what the finding called it
    missed: list[tuple[str, str, str]] = field(default_factory=list)  # id, kind, the false words
    false_alarms: list[tuple[str, str, str]] = field(default_factory=list)  # id, code, the words

    @property
    def recall(self) -> float:
        return sum(self.found.values()) / max(1, sum(self.planted.values()))

    @property
    def precision(self) -> float:
        found = sum(self.found.values())
        return found / max(1, found + len(self.false_alarms))


def measure(rows: Sequence[dict[str, Any]]) -> Measured:
    measured = Measured()
    for row in rows:
        measured.texts += 1
        facts = ProductFacts.model_validate(row["facts"])
        findings = ground_texts([("description", row["text"])], facts).findings
        planted = row["planted"]
        hits = [finding for finding in findings if planted and _overlaps(finding, planted)]
        for finding in findings:
            if finding not in hits:
                measured.false_alarms.append((row["id"], finding.code, str(finding.detail["text"])))
        if planted:
            kind = planted["kind"]
            measured.planted[kind] += 1
            measured.found[kind] += bool(hits)
            measured.called.setdefault(kind, Counter()).update(
                {hits[0].code.partition(".")[2]} if hits else {"missed"}
            )
            if not hits:
                measured.missed.append((row["id"], kind, row["text"][planted["start"] : planted["end"]]))
    return measured


def _overlaps(finding: Finding, planted: dict[str, Any]) -> bool:
    span = finding.span
    return span is not None and span.start < planted["end"] and planted["start"] < span.end


def rows_of(path: Path, split: str = "") -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [row for row in rows if not split or row["split"] == split]


def report(measured: Measured) -> Iterator[str]:
    yield f"{measured.texts} texts, {sum(measured.planted.values())} with a planted false claim"
    yield f"recall {measured.recall:.3f}   precision {measured.precision:.3f}"
    yield f"{'kind':<10}{'planted':>8}{'found':>7}   called"
    for kind, count in sorted(measured.planted.items()):
        called = ", ".join(f"{name} {number}" for name, number in measured.called[kind].most_common())
        yield f"{kind:<10}{count:>8}{measured.found[kind]:>7}   {called}"
    for title, entries in (("missed", measured.missed), ("false alarms", measured.false_alarms)):
        yield f"{title}: {len(entries)}"
        yield from (f"  {identity:<14}{kind:<22}{words}" for identity, kind, words in entries)


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Measure the grounding check on a set of texts with planted claims."
    )
    parser.add_argument("file", nargs="?", type=Path, default=SET)
    parser.add_argument("--split", default="", help="dev, held_out, or empty for all")
    given = parser.parse_args()
    print("\n".join(report(measure(rows_of(given.file, given.split)))))  # noqa: T201


if __name__ == "__main__":
    main()
