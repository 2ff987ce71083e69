"""Make the weights of `vitrina.inbox.hearing.attention` from reviews with stars.

    .venv/bin/python scripts/fit_attention.py REVIEWS.csv

Takes the half that isn't held out of the CSV (id, rating, text) and of our own labelled reviews. What is written is one
number per group of our own stems: no word of the reviews. A logistic regression with every weight's sign kept, so that
a denied praise can't make a text sound happier; plain gradient steps, the same result every time.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

from vitrina.channels.ports import Kind
from vitrina.inbox import halves
from vitrina.inbox.hearing import attention

TARGET = Path(__file__).parents[1] / "src/vitrina/inbox/hearing/data/attention.json"
STEPS = 3_000
RATE = 0.5
SHRINK = 0.01


def main() -> None:
    known = [
        (row.text, "", "", row.rating <= 3) for row in halves.starred(Path(sys.argv[1])) if not row.held_out
    ]
    known += [
        (row.text, row.pros, row.cons, row.needs_attention)
        for row in halves.labelled()
        if row.kind is Kind.REVIEW and not row.held_out
    ]
    rows = [
        (attention.features(attention.said(text, pros, cons)), needed) for text, pros, cons, needed in known
    ]
    bias, weights = fit(rows)
    scores = [(_probability(bias, weights, found), needed) for found, needed in rows]
    table = {
        "bias": round(bias, 3),
        "needed_from": best_border(scores),
        "weights": {name: round(weight, 3) for name, weight in weights.items()},
    }
    TARGET.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    print(f"{len(rows)} reviews, {sum(needed for _, needed in rows)} of them need attention → {TARGET.name}")


def fit(rows: list[tuple[dict[str, float], bool]]) -> tuple[float, dict[str, float]]:
    names = list(attention.FEATURES)
    weights = dict.fromkeys(names, 0.0)
    bias = 0.0
    for _ in range(STEPS):
        slope, bias_slope = dict.fromkeys(names, 0.0), 0.0
        for found, needed in rows:
            off = _probability(bias, weights, found) - needed
            bias_slope += off
            for name, value in found.items():
                if value:
                    slope[name] += off * value
        bias -= RATE * bias_slope / len(rows)
        for name in names:
            moved = weights[name] - RATE * (slope[name] / len(rows) + SHRINK * weights[name])
            sign = attention.FEATURES[name]
            weights[name] = max(0.0, moved) if sign > 0 else min(0.0, moved) if sign < 0 else moved
    return bias, weights


def best_border(scores: list[tuple[float, bool]]) -> float:
    """The border of the best macro-F1; the middle of the borders that come within 0.01 of it, for it is less of a chance."""
    borders = [step / 100 for step in range(10, 91)]

    def at(border: float) -> float:
        return halves.agreement((str(needed), str(score >= border)) for score, needed in scores).macro_f1

    found = {border: at(border) for border in borders}
    near = [border for border in borders if found[border] >= max(found.values()) - 0.01]
    return near[len(near) // 2]


def _probability(bias: float, weights: dict[str, float], found: dict[str, float]) -> float:
    total = bias + sum(weights[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-total))


if __name__ == "__main__":
    main()
