"""The ledger as CSV, as long as it may be: made while it is read, a thousand rows at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from vitrina.engine.calls import walk
from vitrina.engine.models import ModelCall, ModelCallQuerySet
from vitrina.lib.spreadsheet_cells import defuse_cell

COLUMNS = (
    "at", "call", "seller", "job", "user", "generator", "route", "provider", "model", "outcome", "fault", "http_status", "attempt",
    "repair", "tokens_prompt", "tokens_completion", "tokens_cached", "tokens_estimated", "cost_usd", "latency_ms", "first_token_ms",
    "prompt_version", "provider_request_id",
)  # fmt: skip


def as_csv(calls: ModelCallQuerySet) -> Iterator[str]:
    """With a byte order mark, so that spreadsheets read it as UTF-8. Unknown tokens and costs are empty, never 0."""
    yield "\ufeff" + _lines([COLUMNS])
    for rows in walk(calls):
        yield _lines([_cells(call) for call in rows])


def _cells(call: ModelCall) -> list[Any]:
    return [
        call.at.isoformat(timespec="milliseconds"),
        call.pk,
        call.seller.name if call.seller else "",
        call.job_id,
        call.user.get_username() if call.user else "",
        call.generator,
        call.route,
        call.provider,
        call.model,
        "offline" if call.kind == "offline" else call.outcome,
        call.error_class,
        call.status or None,
        call.attempt,
        int(call.is_repair),
        call.tokens_prompt,
        call.tokens_completion,
        call.tokens_cached,
        int(call.is_estimated),
        None if call.cost is None else f"{call.cost:f}",
        call.latency_ms,
        call.first_token_ms,
        call.prompt_version,
        call.request_id,
    ]


def _lines(rows: list[Any]) -> str:
    page = io.StringIO()
    csv.writer(page, lineterminator="\r\n").writerows(
        ["" if cell is None else defuse_cell(str(cell)) for cell in row] for row in rows
    )
    return page.getvalue()
