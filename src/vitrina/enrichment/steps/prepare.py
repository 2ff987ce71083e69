"""Prepare: the complete listing is stored with the run, and every later step reads that."""

from __future__ import annotations

from vitrina.catalog.models import Product
from vitrina.enrichment import ground
from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.enrichment.run import Run, Step, StepOutput, fingerprint


def prepare(run: Run) -> StepOutput:
    log = run.log
    if log.input is None:
        read_listing(log, run.product)
        log.job_id = run.job_id or log.job_id
        ProcessingLog.objects.filter(pk=log.pk, status=Status.PENDING).update(
            input=log.input,
            input_hash=log.input_hash,
            listing_hash=log.listing_hash,
            status=log.status,
            job_id=log.job_id,
        )
    assert log.input is not None
    return StepOutput({"input_hash": log.input_hash, "version": log.input["version"]})


def read_listing(log: ProcessingLog, product: Product) -> None:
    """Fill the columns that say what this run saw; the caller stores them."""
    log.input = ground.snapshot(product)
    log.input_hash = fingerprint({name: value for name, value in log.input.items() if name != "version"})
    log.listing_hash = product.content_hash
    log.status = Status.PROCESSING


STEP = Step("prepare", work=prepare, ingredients=lambda run: run.log.pk)
