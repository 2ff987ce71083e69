"""Jobs of the catalogue."""

from __future__ import annotations

from datetime import time, timedelta

from vitrina.accounts.models import Seller
from vitrina.catalog import (
    abandoned,
    checking_cards,
    exporting,
    importing,
    preparing,
    tidying,
    tree_syncing,
    trial,
)
from vitrina.catalog.limits import UnknownLimit, UnknownTarget
from vitrina.catalog.models import Export, Import, RunState
from vitrina.catalog.pushing import abandoned as pushes_abandoned
from vitrina.jobs.interrupts import CancelRequested
from vitrina.jobs.outcomes import Cancel, Done, Fail, Outcome, Retry, Snooze
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled
from vitrina.lib import files
from vitrina.lib.feeds import NotAFeed

# A feed of a million rows takes some minutes; a worker that stops hands it back between two chunks. What takes
# longer than one deadline hands itself back in time, and goes on behind its last chunk.
DEADLINE_SECONDS = 3600.0
HAND_BACK_SECONDS = 300.0
# The other reader is found dead when its lease has run out.
OTHER_READER_SECONDS = 30.0


class HandBack(Exception):
    """The feed is longer than one attempt's deadline."""


@handler(importing.KIND, limits=Limits(running=4), deadline_seconds=DEADLINE_SECONDS)
def run_import(job: RunningJob) -> Outcome:
    import_run = Import.objects.select_related("seller").filter(pk=job.payload["import_id"]).first()
    if import_run is None:
        return Cancel("The import was deleted.")
    if import_run.state == "done":
        return Done({"import_id": import_run.pk})
    if import_run.state == "cancelled":
        return Cancel("The import was cancelled; start it again.")

    expected = import_run.expected

    def tell(progress: importing.Progress) -> None:
        job.progress(
            step="rows",
            done=progress.read,
            # Reckoned from the feed's head: never fewer than are there.
            total=max(expected, progress.read) if expected else None,
            text=f"{progress.created} + {progress.updated}, {progress.broken} ✕, {progress.rows_per_second:.0f}/s",
        )
        if job.seconds_left < HAND_BACK_SECONDS:
            raise HandBack

    job.progress(step="open")
    try:
        import_run = importing.read(import_run, on_progress=tell)
    except importing.ImportFailed as error:
        return Retry(str(error)) if error.may_pass else Fail(str(error))
    except HandBack:
        return Snooze(seconds=0)
    except importing.TakenOver as error:
        import_run.refresh_from_db()
        if import_run.state in importing.LIVE:
            # A worker that was thought dead wrote once more; it hears that it lost its lease at its next chunk.
            return Snooze(seconds=OTHER_READER_SECONDS)
        return Cancel(str(error))
    except CancelRequested:
        importing.cancel(import_run)
        raise
    return Done({"import_id": import_run.pk, "read": import_run.read, "created": import_run.created})


@handler(preparing.FETCH, limits=Limits(running=4), deadline_seconds=importing.FETCH_DEADLINE_SECONDS + 60)
def fetch_feed(job: RunningJob) -> Outcome:
    """The copy of an address and the look at it, for whoever waits on its page."""
    import_run = _draft(job)
    if import_run is None:
        return Cancel("The draft was discarded.")
    job.progress(step="fetch")
    try:
        preparing.fetch(import_run)
    except importing.ImportFailed as error:
        return Retry(str(error)) if error.may_pass else Fail(str(error))
    return Done({"import_id": import_run.pk})


@handler(preparing.TRIAL, limits=Limits(running=4), deadline_seconds=DEADLINE_SECONDS)
def try_out(job: RunningJob) -> Outcome:
    """What an import would do, counted; nothing is written."""
    import_run = _draft(job)
    if import_run is None or not import_run.stored_name:
        return Cancel("The draft was begun or discarded.")
    expected = import_run.expected

    def tell(done: int) -> None:
        job.progress(step="trial", done=done, total=max(expected, done) if expected else None)

    tell(0)
    try:
        told = trial.run(import_run, on_progress=tell)
    except NotAFeed as error:
        return Fail(str(error))
    except FileNotFoundError:
        return Cancel("The draft was begun or discarded.")
    return Done({"import_id": import_run.pk, "read": told["read"]})


def _draft(job: RunningJob) -> Import | None:
    return (
        Import.objects.select_related("seller")
        .filter(pk=job.payload["import_id"], state=RunState.DRAFT)
        .first()
    )


@handler(exporting.CHECK, limits=Limits(running=4), deadline_seconds=DEADLINE_SECONDS)
def check_cards(job: RunningJob) -> Outcome:
    """Which cards would go and which not, for whoever decides on its page."""
    export_run = (
        Export.objects.select_related("seller")
        .filter(pk=job.payload["export_id"], state=RunState.DRAFT)
        .first()
    )
    if export_run is None:
        return Cancel("The draft was begun or discarded.")
    total = exporting.products_of(export_run).count()
    job.progress(step="cards_check", done=0, total=total)
    try:
        found = checking_cards.check(
            export_run, on_progress=lambda done: job.progress(step="cards_check", done=done, total=total)
        )
    except (UnknownTarget, UnknownLimit) as error:
        return Fail(str(error))
    return Done({"export_id": export_run.pk, "go": found["go"], "held": found["held"]})


@handler(exporting.KIND, limits=Limits(running=4), deadline_seconds=DEADLINE_SECONDS)
def run_export(job: RunningJob) -> Outcome:
    export_run = Export.objects.select_related("seller").filter(pk=job.payload["export_id"]).first()
    if export_run is None:
        return Cancel("The export was deleted.")
    if export_run.state == "done":
        return Done({"export_id": export_run.pk})
    if export_run.state == "cancelled":
        return Cancel("The export was cancelled; start it again.")
    total = exporting.products_of(export_run).count()
    job.progress(step="cards", done=0, total=total)
    try:
        export_run = exporting.write_out(
            export_run, on_progress=lambda done: job.progress(step="cards", done=done, total=total)
        )
    except exporting.ExportFailed as error:
        return Fail(str(error))
    except CancelRequested:
        exporting.cancel(export_run)
        raise
    return Done(
        {"export_id": export_run.pk, "written": export_run.written, "held_back": export_run.held_back}
    )


@handler(tree_syncing.KIND, limits=Limits(running=1), deadline_seconds=900.0)
def sync_tree(job: RunningJob) -> Outcome:
    """A tree of categories from the file that was shown to a person."""
    seller = Seller.objects.filter(pk=job.seller_id or 0).first()
    if seller is None:
        return Cancel("The seller was deleted.")
    job.progress(step="tree")
    said = job.payload
    try:
        told = tree_syncing.run(
            said["name"], seller=seller, tree=said["tree"], retire_missing=said["retire_missing"]
        )
    except FileNotFoundError:
        return Fail("The copy of the file is gone; give the file again.")
    except ValueError as error:
        return Fail(str(error))
    return Done(told)


@handler(tree_syncing.LET_GO)
def let_tree_file_go(job: RunningJob) -> Outcome:
    files.storage().delete(job.payload["name"])
    return Done({})


@scheduled("catalog.tidy", daily_at=time(4, 20))
def tidy(job: RunningJob) -> Outcome:
    """Copies of feeds older than two weeks and exported files older than a month; their rows stay."""
    return Done(tidying.tidy())


@scheduled("catalog.abandoned", every=timedelta(minutes=5), deadline_seconds=120.0)
def close_abandoned(job: RunningJob) -> Outcome:
    """Imports and exports whose job is over would be shown as under way for ever."""
    return Done({"closed": abandoned.close_abandoned() + pushes_abandoned.close_abandoned()})
