"""A benchmark's figures as JSON and as a table, beside those of an earlier run."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from vitrina.enrichment.benchmark.figures import figures
from vitrina.enrichment.benchmark.labelled import Split
from vitrina.enrichment.benchmark.run import Measured

SHARES = (
    ("top_1", "right, first choice"),
    ("top_3", "right among the first 3"),
    ("top_20", "right among the first 20"),
    ("macro_f1", "macro F1"),
    ("no_fit", "«no fitting category»"),
    ("confidence_unknown", "confidence unknown"),
    ("calibration_error_raw", "calibration error, raw"),
    ("calibration_error", "calibration error, calibrated on the other half"),
    ("auto_share", "applied without a person, threshold from the other half"),
    ("auto_precision", "of these right"),
)
NUMBERS = (
    ("latency_ms_p50", "ms per product, median"),
    ("latency_ms_p95", "ms per product, 95 %"),
    ("cpu_ms", "CPU ms per product"),
    ("products_per_second", "products per second"),
    ("learn_seconds", "seconds to learn"),
)


def result(measured: Measured, split: Split, *, target: float, model: str) -> dict[str, Any]:
    """Everything that was measured, as JSON. `cost_usd` null: a price is not known."""
    asked = len(measured.answers) + sum(measured.errors.values())
    return {
        **figures(measured.answers, target=target),
        "model": model or "offline",
        "learned": len(split.learn),
        "categories": len({row.path for row in (*split.learn, *split.test)}),
        "sources": dict(measured.sources),
        "errors": dict(measured.errors),
        "tokens_prompt": measured.tokens_prompt,
        "tokens_completion": measured.tokens_completion,
        "cost_usd": None if measured.cost is None else str(measured.cost),
        "learn_seconds": measured.learn_seconds,
        "cpu_ms": measured.cpu_seconds * 1e3 / asked if asked else 0.0,
        "products_per_second": asked / measured.wall_seconds if measured.wall_seconds else 0.0,
        "described": measured.described,
        "findings": dict(measured.findings.most_common()),
    }


def show(current: dict[str, Any], earlier: dict[str, Any] | None, console: Console) -> None:
    table = Table(title=f"{current['model']}: {current['rows']} rows, {current['categories']} categories")
    table.add_column("")
    table.add_column("this run", justify="right")
    if earlier is not None:
        table.add_column(str(earlier.get("model", "earlier")), justify="right")
        table.add_column("difference", justify="right")
    for names, form in ((SHARES, _share), (NUMBERS, _number)):
        for key, words in names:
            table.add_row(words, *_cells(current, earlier, key, form))
    for key in ("tokens_prompt", "tokens_completion", "cost_usd"):
        others = [] if earlier is None else [_plain(earlier.get(key)), ""]
        table.add_row(key.replace("_", " "), _plain(current[key]), *others)
    console.print(table)
    for title, counted in (("Answers came from", "sources"), ("Errors", "errors"), ("Findings", "findings")):
        if current[counted]:
            console.print(
                f"{title}: " + ", ".join(f"{name} {count}" for name, count in current[counted].items())
            )


def _cells(current: dict[str, Any], earlier: dict[str, Any] | None, key: str, form: Any) -> list[str]:
    now = current.get(key)
    if earlier is None:
        return [form(now)]
    before = earlier.get(key)
    difference = "" if now is None or before is None else f"{now - before:+.4f}"
    return [form(now), form(before), difference]


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


def _plain(value: object) -> str:
    return "unknown" if value is None else str(value)
