"""How sure the neighbours are. Pure arithmetic over similarities; no model, nothing to train.

The similarity of a category is the one of its name, path, synonyms and confirmed products searched as one text,
so that every decision of a person counts at once. Single products voting beside it were tried and made neither the
first place nor the confidence better (Russian titles, 1 092 categories, 19 examples each: .797–.802 against .799).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

# Logistic weights of what tells right answers from wrong ones, fitted on the learning rows of Russian titles with
# 0, 1, 3, 10, 19 and mixed numbers of confirmed products per category, so that they hold from the first day on:
# calibration error .02–.06 on rows not fitted on. Calibration on the seller's own decisions comes after.
INTERCEPT = -3.17
OF_SIMILARITY = 0.19
OF_MARGIN = 1.54
OF_SHARE = 2.7
OF_CONFIRMED = 0.3
SHARPNESS = 7.0


def shares(similarities: Sequence[float]) -> list[float]:
    """How the candidates share one certainty: a softmax over the similarities."""
    if not similarities:
        return []
    best = max(similarities)
    weights = [math.exp((one - best) * SHARPNESS) for one in similarities]
    total = sum(weights)
    return [weight / total for weight in weights]


def confidences(similarities: Sequence[float], confirmed_of_best: int) -> list[float]:
    """0–1 for each candidate in its place; the first is the choice, the others share what it leaves."""
    if not similarities:
        return []
    parts = shares(similarities)
    second = max(similarities[1:], default=0.0)
    evidence = (
        INTERCEPT
        + OF_SIMILARITY * similarities[0]
        + OF_MARGIN * (similarities[0] - second)
        + OF_SHARE * parts[0]
        + OF_CONFIRMED * math.log1p(confirmed_of_best)
    )
    first = 1 / (1 + math.exp(-evidence))
    left = sum(parts[1:])
    others = [(1 - first) * part / left if left else 0.0 for part in parts[1:]]
    return [first, *(min(first, other) for other in others)]
