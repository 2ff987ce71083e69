"""A run in the hands of a worker: what it reads, what its steps produced so far, what still has to be stored."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

import msgspec

from vitrina.catalog.facts import ProductFacts
from vitrina.catalog.models import Product
from vitrina.engine.core.replies import Answer, CallContext
from vitrina.enrichment import ground
from vitrina.enrichment.models import ProcessingLog, StepResult
from vitrina.enrichment.options import Language, RunOptions
from vitrina.lib.transactions import short_transaction


class Progress(Protocol):
    """Where a run tells what it is doing, and is told to stop by an exception."""

    def __call__(self, *, step: str, done: int | None, total: int | None, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class StepOutput:
    """What a step produced. `cost` in USD: None is unknown, never free. `raw`: the model's own words."""

    output: dict[str, Any]
    source: str = ""
    model_call_ids: tuple[str, ...] = ()
    raw: str = ""
    tokens_prompt: int = 0
    tokens_completion: int = 0
    cost: Decimal | None = Decimal(0)
    cached: bool = False  # an answer that was there: paid by an earlier try of this job, or by another run
    cpu_apart: float = 0.0  # CPU seconds that another process computed for it

    @classmethod
    def of(cls, answer: Answer[Any], output: dict[str, Any]) -> StepOutput:
        return cls(
            output,
            source=answer.source,
            model_call_ids=tuple(answer.model_call_ids),
            raw=answer.raw,
            tokens_prompt=answer.tokens_prompt,
            tokens_completion=answer.tokens_completion,
            cost=Decimal(0) if answer.source == OFFLINE else answer.cost,
            cached=answer.cached,
        )


OFFLINE = "offline"
REPLACED = (
    "input_hash", "output", "source", "model_call_ids", "raw", "tokens_prompt", "tokens_completion", "cost",
    "duration_ms", "cpu_us",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """`ingredients`: everything that shapes the output, as JSON; the same ingredients are not worked on twice.

    Closing steps run inside the one transaction that ends the run, and touch nothing outside the database.
    """

    name: str
    work: Callable[[Run], StepOutput]
    ingredients: Callable[[Run], Any]
    is_wanted: Callable[[Run], bool] = lambda run: True
    is_closing: bool = False


@dataclass
class Run:
    log: ProcessingLog
    product: Product  # with seller, brand, category
    progress: Progress | None = None
    is_watched: bool = False  # somebody follows this very run; a batch of thousands nobody does
    job_id: int | None = None
    results: dict[str, StepResult] = field(default_factory=dict)
    unsaved: list[StepResult] = field(default_factory=list)
    found_answers: bool = False  # a stored answer was used: what it cost stands in the ledger alone

    @cached_property
    def options(self) -> RunOptions:
        return RunOptions.model_validate(self.log.options)

    @cached_property
    def facts(self) -> ProductFacts:
        return ground.restored(self.log.input or {})

    @property
    def language(self) -> Language:
        return self.options.language

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """What a moderator told the model with the run that was sent back."""
        return (self.options.remark,) if self.options.remark else ()

    def context(self, feature: str) -> CallContext:
        return CallContext(
            seller_id=self.log.seller_id,
            job_id=self.job_id,
            user_id=self.log.created_by_id,
            feature=feature,
            force=self.options.fresh,
        )

    def tell(self, step: str, *, done: int | None = None, total: int | None = None, text: str = "") -> None:
        """Say where the run is; whoever runs it may end it here."""
        if self.progress is not None:
            self.progress(step=step, done=done, total=total, text=text)

    def output(self, step: str) -> Mapping[str, Any]:
        """What a step said; empty when it was not wanted or had to be skipped."""
        result = self.results.get(step)
        return {} if result is None or "skipped" in result.output else result.output

    def take(self, step: Step) -> None:
        """Do a step, unless its result stands already.

        The rows of a run that somebody follows are stored as they come; those of a batch with its end, in one go.
        Killed in between, nothing is paid twice: the engine keeps every answer until its job is over.
        """
        if not step.is_wanted(self):
            return
        digest = fingerprint([step.name, step.ingredients(self)])
        stored = self.results.get(step.name)
        if stored is not None and stored.input_hash == digest:
            return
        wall, cpu = time.perf_counter(), time.thread_time()
        done = step.work(self)
        result = StepResult(
            log=self.log,
            step=step.name,
            input_hash=digest,
            output=done.output,
            source=done.source,
            model_call_ids=list(done.model_call_ids),
            raw=done.raw,
            tokens_prompt=done.tokens_prompt,
            tokens_completion=done.tokens_completion,
            cost=done.cost,
            duration_ms=round((time.perf_counter() - wall) * 1000),
            cpu_us=round((time.thread_time() - cpu + done.cpu_apart) * 1_000_000),
        )
        self.found_answers = self.found_answers or done.cached
        self.results[step.name] = result
        self.unsaved.append(result)
        if self.is_watched and done.source not in ("", OFFLINE):
            with short_transaction():
                self.save_steps()

    def save_steps(self) -> None:
        """Store the rows that wait. A result of an older input gives way to the new one."""
        if self.unsaved:
            StepResult.objects.bulk_create(
                self.unsaved, update_conflicts=True, unique_fields=["log", "step"], update_fields=REPLACED
            )
            self.unsaved = []


def fingerprint(value: Any) -> str:
    """64 hex digits of JSON-able data; equal data, equal digits."""
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()
