"""The jobs of this room: one run, a product that arrived, batches, and what is done by the clock."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.db.models import OuterRef, Prefetch
from django.utils import timezone

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Import, Product, ProductImage
from vitrina.engine.errors import EngineError, EngineStopped, LimitReached
from vitrina.enrichment import coming_pictures, ending, pipeline, run_tallies, runs, template_trial
from vitrina.enrichment.models import SETTLED, ProcessingLog, Status
from vitrina.enrichment.options import NothingAsked, RunOptions
from vitrina.enrichment.placing import place_by_hint
from vitrina.enrichment.run import Progress
from vitrina.enrichment.selection import (
    REPEAT_FAILED_FOR,
    Selection,
    Wanting,
    failed_runs,
    old_runs,
    products,
)
from vitrina.enrichment.steps.prepare import read_listing
from vitrina.jobs import batches
from vitrina.jobs.models import Job
from vitrina.jobs.outcomes import Cancel, Done, Fail, Outcome, Retry, Snooze
from vitrina.jobs.registry import ChildSpec, feeder, handler
from vitrina.jobs.retry import RetryRule
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled
from vitrina.jobs.states import Priority, State
from vitrina.lib.turns import turn

RETRY = RetryRule(tries=5, base_seconds=2.0, longest_seconds=120.0)
RUN_DEADLINE_SECONDS = 90.0
KEEP_RUNS = timedelta(days=90)
OTHER_RUN = timedelta(seconds=15)  # how often to look whether another run of the product has ended
LONGEST_UNSEEN = timedelta(minutes=10)  # it may be woken before its time, or cancelled
DELETED_AT_ONCE = 500
DELETED = "the product was deleted"


@handler("enrichment.run", retry=RETRY, deadline_seconds=RUN_DEADLINE_SECONDS)
def run(job: RunningJob) -> Outcome:
    """One run of one product: {"log_id"}, or a batch's {"product_id", "options", "repeat_of"}."""
    with turn():
        return _run(job)


def _run(job: RunningJob) -> Outcome:
    if "log_id" in job.payload:
        log = with_product(ProcessingLog.objects).filter(pk=job.payload["log_id"]).first()
        if log is None:
            return Cancel(DELETED)
        is_new = False
    else:
        found = _begin(job)
        if not isinstance(found, ProcessingLog):
            return found
        log, is_new = found, not found.was_live
    if log.status == Status.FAILED and not ending.reopen(log):
        return Cancel("a newer run of this product is under way")
    return _process(job, log, is_new=is_new)


def _process(job: RunningJob, log: ProcessingLog, *, is_new: bool) -> Outcome:
    try:
        watched = job.parent_id is None
        pipeline.process(log, is_new=is_new, progress=_progress(job), is_watched=watched, job_id=job.id)
    except pipeline.RunIsOver:
        return Cancel(DELETED if _is_gone(log) else "the run was ended by somebody else")
    except EngineStopped:
        return Snooze(seconds=0)
    except LimitReached as limit:
        if limit.lifts_at is None:
            ending.fail_with(log, limit, limit.sentence, permanent=False)
            return Fail(limit.sentence)
        ending.say(log, limit.sentence)
        return Snooze(until=limit.lifts_at)
    except EngineError as error:
        if error.permanent:
            ending.fail_with(log, error, error.sentence, permanent=True)
            return Fail(error.sentence)
        if job.attempt >= RETRY.tries:
            ending.fail_with(log, error, error.sentence, permanent=False)
        return Retry(error.sentence, after_seconds=error.retry_after)
    except (ObjectDoesNotExist, DatabaseError):
        # Deleted under way, its rows are missed in many ways; none of them is worth another try.
        if not _is_gone(log):
            raise
        return Cancel(DELETED)
    return Done({"log_id": log.pk, "status": log.status})


def _is_gone(log: ProcessingLog) -> bool:
    return not ProcessingLog.objects.filter(pk=log.pk).exists()


def _begin(job: RunningJob) -> ProcessingLog | Outcome:
    """The run of a batch's job: made now, or found again after a crash. Waits for another live run."""
    try:
        product = (
            Product.objects.listings()
            .annotate(waits=ending.waits(OuterRef("pk")))
            .get(pk=job.payload["product_id"])
        )
    except Product.DoesNotExist:
        return Cancel(DELETED)
    options = RunOptions.model_validate(job.payload["options"])
    if coming_pictures.are_coming(product, options):
        return Snooze(seconds=coming_pictures.LOOK_AGAIN_SECONDS)
    repeated = job.payload.get("repeat_of")
    repeat_of = ProcessingLog.objects.filter(pk=repeated).first() if repeated else None
    draft = ProcessingLog()
    read_listing(draft, product)
    try:
        log = runs.create(
            product,
            options,
            job_id=job.id,
            batch_id=job.parent_id,
            repeat_of=repeat_of,
            input=draft.input,
            input_hash=draft.input_hash,
            listing_hash=draft.listing_hash,
            status=Status.PROCESSING,
        )
    except NothingAsked as nothing:
        return Cancel(str(nothing))
    log.may_supersede = getattr(product, "waits")  # noqa: B009 - an annotation, which mypy doesn't see
    if not log.was_live or log.job_id == job.id:
        return log
    # Somebody else's run is no success of ours: wait for it, then look whether it did what we were asked.
    if _is_settled(product, options):
        return Done({"log_id": log.pk, "status": log.status})
    return _until_over(log)


def _until_over(other: ProcessingLog) -> Snooze:
    """Wait for another run. While that one sleeps itself (a limit, a pause between tries) nobody looks every few seconds."""
    now = timezone.now()
    sleeping = Job.objects.filter(pk=other.job_id or 0, state=State.QUEUED)
    wakes = sleeping.values_list("run_at", flat=True).first()
    soon = max(now, wakes or now) + OTHER_RUN
    return Snooze(until=min(soon, now + LONGEST_UNSEEN))


def _is_settled(product: Product, options: RunOptions) -> bool:
    same = ProcessingLog.objects.filter(
        product=product, listing_hash=product.content_hash, options_key=options.key, status__in=SETTLED
    )
    return same.exists()


def _progress(job: RunningJob) -> Progress:
    """A run that somebody watches tells each step; one of a batch only looks whether it should stop."""

    def tell(*, step: str, done: int | None, total: int | None, text: str) -> None:
        if job.parent_id is None:
            job.progress(step=step, done=done, total=total, text=text)
        else:
            job.checkpoint()

    return tell


def with_product(logs: Any) -> Any:
    return logs.select_related("product__seller", "product__brand", "product__category").prefetch_related(
        Prefetch("product__images", ProductImage.objects.select_related("picture"))
    )


@handler("enrichment.arrived", retry=RETRY, deadline_seconds=30.0, reruns=True)
def arrived(job: RunningJob) -> Outcome:
    """A product came in or changed: start what it lacks. {"product_id"}"""
    product = (
        Product.objects.select_related("seller")
        .prefetch_related("images", "contents")
        .filter(pk=job.payload["product_id"])
        .first()
    )
    if product is None:
        return Cancel(DELETED)
    language = product.seller.language
    texts = [content for content in product.contents.all() if content.language == language]
    wish = runs.options_for(product.seller, describe=not any(text.author == "person" for text in texts))
    if _is_settled(product, wish):
        return Done({"skipped": "this listing went through it already"})
    try:
        log = runs.start(product, wish, priority=Priority.SYNC)
    except NothingAsked:
        return Done({"skipped": "it has a category, and a text by a person"})
    if log.was_live:
        # The run under way read the listing as it was; the changed one takes its turn afterwards.
        return _until_over(log)
    return Done({"log_id": log.pk})


@handler("enrichment.imported", retry=RETRY, deadline_seconds=120.0)
def imported(job: RunningJob) -> Outcome:
    """An import that wanted enrichment is done: one batch over what it brought or changed. {"import_id"}"""
    import_run = Import.objects.select_related("seller").filter(pk=job.payload["import_id"]).first()
    if import_run is None:
        return Cancel("the import was deleted")
    seller = import_run.seller
    place_by_hint(seller)
    options = runs.options_for(seller)
    selection = Selection(seller_id=seller.pk, changed_in=import_run.pk, wanting=Wanting.THIS_RUN)
    if not products(selection, options_key=options.key, language=options.language).exists():
        return Done({"batch": None})
    batch = runs.start_batch(
        selection,
        options,
        by=import_run.created_by,
        title=str(import_run)[:200],
        once=f"import:{import_run.pk}",
    )
    return Done({"batch": batch.pk})


@handler(template_trial.KIND, retry=RETRY, deadline_seconds=RUN_DEADLINE_SECONDS)
def try_template(job: RunningJob) -> Outcome:
    """A text for one product after one template, for whoever writes the template. {"template_id", "product_id"}"""
    job.progress(step="describe")
    try:
        text = template_trial.write(
            job.payload["template_id"],
            job.payload["product_id"],
            job_id=job.id,
            user_id=job.payload["user_id"],
        )
    except template_trial.Gone as error:
        return Cancel(str(error))
    except LimitReached as error:
        return Fail(str(error))
    except EngineError as error:
        return Fail(str(error)) if error.permanent else Retry(str(error))
    return Done(text)


# --- Batches ----------------------------------------------------------------------------------------------


@feeder("enrichment.batch")
def feed(payload: dict[str, Any], cursor: Any, count: int) -> tuple[list[ChildSpec], Any]:
    """The next products of a selection; the cursor is the last product's id."""
    options = RunOptions.model_validate(payload["options"])
    selection = Selection.model_validate(payload["selection"])
    chosen = products(selection, options_key=options.key, language=options.language)
    ids = list(chosen.filter(pk__gt=cursor or 0).values_list("pk", flat=True)[:count])
    children = [
        ChildSpec({"product_id": pk, "options": payload["options"]}, key=f"product:{pk}") for pk in ids
    ]
    return children, ids[-1] if len(ids) == count else None


@feeder("enrichment.repeats")
def feed_repeats(payload: dict[str, Any], cursor: Any, count: int) -> tuple[list[ChildSpec], Any]:
    """Failed runs once more, each with its own options; the cursor is the last run's id."""
    until = datetime.fromisoformat(payload["until"])
    failed = failed_runs(payload["seller_id"], until).filter(pk__gt=cursor or 0, finished_at__lte=until)
    logs = list(failed.only("pk", "product_id", "options")[:count])
    children = [
        ChildSpec(
            {"product_id": log.product_id, "options": log.options, "repeat_of": log.pk},
            key=f"product:{log.product_id}",
        )
        for log in logs
    ]
    return children, logs[-1].pk if len(logs) == count else None


@handler("enrichment.batch", deadline_seconds=120.0)
@handler("enrichment.repeats", deadline_seconds=120.0)
def close_batch(job: RunningJob) -> Outcome:
    """When the last run of a batch ended: no run is left behind, and the result says what became of them."""
    ending.close_abandoned()
    return Done(runs.report(job.id))


# --- By the clock -----------------------------------------------------------------------------------------


@scheduled("enrichment.uncategorised", daily_at=time(2, 0), deadline_seconds=300.0)
def uncategorised(job: RunningJob) -> Outcome:
    """Products without a category, that no run has tried with their listing as it is."""
    return Done({"batches": _batches(Wanting.CATEGORY, describe=False, categorize=True)})


@scheduled("enrichment.undescribed", daily_at=time(2, 30), deadline_seconds=300.0)
def undescribed(job: RunningJob) -> Outcome:
    """Products with a category and without a text in their seller's language."""
    return Done({"batches": _batches(Wanting.TEXT, describe=True, categorize=False)})


def _batches(wanting: Wanting, **wishes: bool) -> list[int]:
    """One batch for each seller that has such products and no such batch under way."""
    started = []
    for seller in Seller.objects.order_by("pk"):
        options = runs.options_for(seller, **wishes)
        selection = Selection(seller_id=seller.pk, wanting=wanting)
        if products(selection, options_key=options.key, language=options.language).exists():
            title = f"{wanting.name.lower()}: {seller.name}"
            batch = runs.start_batch(selection, options, title=title, once=f"{wanting.value}:{seller.pk}")
            started.append(batch.pk)
    return started


@scheduled("enrichment.failed_again", daily_at=time(3, 0), deadline_seconds=300.0)
def failed_again(job: RunningJob) -> Outcome:
    """The failed runs of the last seven days with the same options; permanent failures wait for a person."""
    ending.close_abandoned()
    now = timezone.now()
    failed = ProcessingLog.objects.filter(status=Status.FAILED, finished_at__gte=now - REPEAT_FAILED_FOR)
    started = []
    for seller_id in failed.order_by().values_list("seller_id", flat=True).distinct():
        count = failed_runs(seller_id, now).count()
        if count:
            batch = batches.start(
                "enrichment.repeats",
                child_kind="enrichment.run",
                payload={"seller_id": seller_id, "until": now.isoformat()},
                seller_id=seller_id,
                title="failed runs again",
                total=count,
            )
            started.append(batch.pk)
    return Done({"batches": started})


@scheduled("enrichment.clean_up", daily_at=time(4, 0), deadline_seconds=600.0)
def clean_up(job: RunningJob) -> Outcome:
    """Old finished runs go; the one that a product's current text came from stays for ever."""
    from vitrina.engine.expiry import clear_expired

    before = timezone.now() - KEEP_RUNS
    deleted = 0
    while ids := list(old_runs(before).values_list("pk", flat=True)[:DELETED_AT_ONCE]):
        job.checkpoint()
        ProcessingLog.objects.filter(pk__in=ids).delete()
        deleted += len(ids)
    return Done({"deleted": deleted, "answers": clear_expired()})


@scheduled("enrichment.abandoned", every=timedelta(minutes=10), deadline_seconds=120.0)
def abandoned(job: RunningJob) -> Outcome:
    """Live runs whose job is over would block their product for ever: they fail in words."""
    return Done({"closed": ending.close_abandoned()})


@scheduled("enrichment.tally", every=timedelta(hours=1), deadline_seconds=300.0)
def tally(job: RunningJob) -> Outcome:
    """The days that are over, counted once for the pages that tell of a month."""
    return Done({"days": run_tallies.tally_days_over(timezone.now())})
