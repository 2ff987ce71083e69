"""The check before an export: which cards would go, which would be held back and why. Nothing is written to a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from vitrina.catalog import limits
from vitrina.catalog.cards import cards
from vitrina.catalog.exporting import ExportOptions, products_of
from vitrina.catalog.models import Export, Product, RunState
from vitrina.catalog.preflight import Problem, holds_back, preflight

NAMED = 50  # products of each reason that the page names
TELL_EVERY = 200


@dataclass(slots=True)
class _Reason:
    example: Problem
    external_ids: list[str] = field(default_factory=list)


def check(export_run: Export, *, on_progress: Callable[[int], None] = lambda done: None) -> dict[str, Any]:
    """Look at every card of the draft and keep what was found in its row. Raises UnknownTarget or UnknownLimit.

    {"cards", "go", "held", "reasons": [{"code", "count", "sentence", "values", "products": [[id, title]]}], "advice": [the same]}
    """
    options = ExportOptions.load(export_run.options)
    target = limits.target(export_run.target).with_caps(options.caps)
    format_limits = limits.format_limits(export_run.format)
    counted = go = held = 0
    counts: Counter[str] = Counter()
    reasons: dict[str, _Reason] = {}
    advice: dict[str, _Reason] = {}
    for counted, given in enumerate(cards(products_of(export_run), export_run.language), start=1):
        card = given.for_target(target)
        problems = preflight(card, target, format_limits=format_limits)
        hard = holds_back(problems)
        held += bool(hard)
        go += not hard
        # What is merely advised is told of cards that go; a card that is held back has worse to mend.
        for group, problem in ((reasons if hard else advice, problem) for problem in hard or problems):
            counts[problem.code] += 1
            reason = group.setdefault(problem.code, _Reason(problem))
            if len(reason.external_ids) < NAMED:
                reason.external_ids.append(card.external_id)
        if counted % TELL_EVERY == 0:
            on_progress(counted)
    named = _named(export_run, [*reasons.values(), *advice.values()])
    found = {
        "cards": counted,
        "go": go,
        "held": held,
        "reasons": _told(reasons, counts, named),
        "advice": _told(advice, counts, named),
    }
    Export.objects.filter(pk=export_run.pk, state=RunState.DRAFT).update(checked=found)
    return found


def _named(export_run: Export, reasons: list[_Reason]) -> dict[str, tuple[int, str]]:
    wanted = {external_id for reason in reasons for external_id in reason.external_ids}
    rows = Product.objects.filter(seller_id=export_run.seller_id, external_id__in=wanted)
    return {
        external_id: (pk, title[:120])
        for pk, external_id, title in rows.values_list("pk", "external_id", "title")
    }


def _told(
    reasons: dict[str, _Reason], counts: Counter[str], named: dict[str, tuple[int, str]]
) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "count": counts[code],
            "sentence": reason.example.remark.sentence,
            "values": dict(reason.example.remark.values),
            "products": [named[external_id] for external_id in reason.external_ids if external_id in named],
        }
        for code, reason in sorted(reasons.items(), key=lambda item: -counts[item[0]])
    ]
