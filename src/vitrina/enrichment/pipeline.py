"""The pipeline: one run of one product, step by step. Killed anywhere, it goes on from what is stored."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from vitrina.engine.models import ModelCall
from vitrina.enrichment import ending
from vitrina.enrichment.models import LIVE, ProcessingLog, Status
from vitrina.enrichment.policy import Outcome
from vitrina.enrichment.run import Progress, Run, Step
from vitrina.enrichment.steps import (
    apply,
    attributes,
    categorise,
    check,
    decide,
    describe,
    look_at_images,
    prepare,
)
from vitrina.jobs.interrupts import CancelRequested
from vitrina.lib.transactions import short_transaction

STEPS: tuple[Step, ...] = (
    prepare.STEP,
    look_at_images.STEP,
    categorise.STEP,
    attributes.STEP,
    describe.STEP,
    check.STEP,
    decide.STEP,
    apply.STEP,
)


class RunIsOver(Exception):
    """The run was ended by somebody else while this worker held it; nothing of this worker's was written."""


def process(
    log: ProcessingLog,
    *,
    is_new: bool = False,
    progress: Progress | None = None,
    is_watched: bool = False,
    job_id: int | None = None,
) -> ProcessingLog:
    """Take a run through the steps that it still lacks, and end it. A run that is over is returned as it is.

    `log.product` comes with its seller, brand, category and pictures. `is_new`: no step can be stored yet.
    Raises what the engine raises; the run stays live then, and the next call goes on from the stored steps.
    """
    if log.status not in LIVE:
        return log
    run = Run(log=log, product=log.product, progress=progress, is_watched=is_watched, job_id=job_id)
    if not is_new and log.status == Status.PROCESSING:
        run.results = {result.step: result for result in log.steps.all()}
    try:
        for number, step in enumerate(STEPS):
            if not step.is_closing:
                run.tell(step.name, done=number, total=len(STEPS))
                run.take(step)
    except (Exception, CancelRequested):
        # However it goes on, or doesn't: what was found so far is there to be seen.
        with short_transaction():
            run.save_steps()
        raise
    with short_transaction():
        for step in STEPS:
            if step.is_closing:
                run.take(step)
        close(run)
    return log


def close(run: Run) -> None:
    """Write the end of a run: its status by the decision, its totals, and what it puts out of date."""
    log = run.log
    moderated = run.results["decide"].output["outcome"] == Outcome.MODERATE
    log.status = Status.MODERATION if moderated else Status.COMPLETED
    paid = totals_of_ledger(run.job_id) if run.found_answers and run.job_id else totals_of_steps(run)
    log.tokens_prompt, log.tokens_completion, log.cost = paid
    log.error = log.traceback = ""
    log.finished_at = timezone.now()
    log.duration_ms = ending.milliseconds_between(log.created_at, log.finished_at)
    if not ending.write_if_live(log):
        raise RunIsOver
    run.save_steps()
    if log.may_supersede:
        ending.supersede_older(log)


Paid = tuple[
    int, int, Decimal | None
]  # prompt tokens, completion tokens, USD or None where a price is unknown


def totals_of_steps(run: Run) -> Paid:
    results = run.results.values()
    costs = [result.cost for result in results]
    # One unknown price makes the sum unknown; zero would be a lie.
    cost = None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))
    return (
        sum(result.tokens_prompt for result in results),
        sum(result.tokens_completion for result in results),
        cost,
    )


def totals_of_ledger(job_id: int) -> Paid:
    """What every try of this job paid: a try that was killed left its answer in the cache, and its price there."""
    billed = ModelCall.objects.filter(job_id=job_id, tokens_total__isnull=False).paid()
    calls = list(billed.values_list("tokens_prompt", "tokens_completion", "cost"))
    costs = [cost for _, _, cost in calls]
    return (
        sum(prompt or 0 for prompt, _, _ in calls),
        sum(completion or 0 for _, completion, _ in calls),
        None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0)),
    )
