"""A feed in, finished cards out, in this process alone: import, run every product, export, report.

Everything that is done is a row, so that a killed run goes on where it was: the import at its chunk, each
product at its step. The same feed again changes nothing.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from vitrina.accounts.models import Seller
from vitrina.catalog import categories, category_tree, importing
from vitrina.catalog.export import ExportReport, Shop, cards, write
from vitrina.catalog.models import Category, Import, Product, ProductContent
from vitrina.enrichment import ending, feed_report, runs
from vitrina.enrichment.models import LIVE, ProcessingLog, Status
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.placing import place_by_hint
from vitrina.enrichment.selection import Selection, Wanting, products
from vitrina.enrichment.warming import warm_up
from vitrina.jobs import sweeping
from vitrina.jobs.models import Job
from vitrina.jobs.states import State
from vitrina.jobs.worker import Worker
from vitrina.lib.feeds import open_feed
from vitrina.lib.files import storage

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.5
AWAY_AT_MOST_SECONDS = 300.0  # a database that is restarted is waited for
# Summing what thousands of runs cost reads all their rows.
SUM_EVERY_SECONDS = 5.0
# When everything that is left sleeps for so long (a quota, a budget), waiting in a terminal helps nobody.
LONGEST_NAP = timedelta(minutes=5)


@dataclass(frozen=True)
class Wish:
    """What the caller asked for. `feed`: a path, or an address beginning with http."""

    feed: str
    out: Path
    file_format: str
    target: str = "shop"
    language: str = "ru"
    categories: Path | None = None
    short: bool = False
    limit: int | None = None
    threads: int = 32
    include_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """How far it is. `seconds_left` is None while the rate isn't known; `cost` in USD as far as prices are known."""

    stage: str  # "import", "enrich", "export"
    done: int
    total: int | None = None
    rate: float = 0.0
    seconds_left: float | None = None
    cost: str = "0"


Watch = Callable[[Tick], None]


@dataclass
class Summary:
    import_run: Import
    counts: dict[str, int] = field(default_factory=dict)  # of feed_report.Outcome
    written: int = 0
    doubtful: int = 0
    doubtful_path: Path | None = None
    report_path: Path | None = None
    advice: dict[str, int] = field(default_factory=dict)
    runs: dict[str, Any] = field(default_factory=dict)  # runs.totals of this sitting
    wall_seconds: dict[str, float] = field(default_factory=dict)  # by stage
    cpu_seconds: dict[str, float] = field(default_factory=dict)  # by stage, of the whole process
    step_cpu_seconds: dict[str, float] = field(
        default_factory=dict
    )  # within "enrich", of the workers' threads
    placed: int = 0
    stopped_by: str = ""  # a limit, in words, that left products undone


def process(seller: Seller, wish: Wish, *, watch: Watch = lambda tick: None) -> Summary:
    """Do it all, or the rest of it. Raises ImportFailed, NotATree and UnknownTarget in words; an interrupt
    (KeyboardInterrupt) leaves everything that was done, and the next call goes on."""
    began = timezone.now()
    meter = Meter()
    with meter("import"):
        give_back_what_the_dead_held()
        summary = Summary(import_run=take_in(seller, wish, watch))
        summary.placed = place(seller, wish, summary.import_run)
    with meter("enrich"):
        options = runs.options_for(seller, language=wish.language, short=wish.short)
        selection = selected(seller, summary.import_run, wish)
        summary.stopped_by = run_all(selection, options, wish, watch)
    summary.runs = runs.totals(
        ProcessingLog.objects.filter(seller=seller, status__in=Status.values, finished_at__gte=began)
    )
    summary.step_cpu_seconds = runs.step_cpu(seller.pk, began)
    with meter("export"):
        write_out(summary, selection, options, wish, watch)
    summary.wall_seconds, summary.cpu_seconds = meter.wall, meter.cpu
    return summary


class Meter:
    """Wall and CPU seconds by stage. CPU is of the whole process and its children, all threads."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        wall, cpu = time.monotonic(), _cpu()
        try:
            yield
        finally:
            self.wall[stage] = time.monotonic() - wall
            self.cpu[stage] = _cpu() - cpu


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


# --- In ---------------------------------------------------------------------------------------------------


def take_in(seller: Seller, wish: Wish, watch: Watch) -> Import:
    def tell(progress: importing.Progress) -> None:
        watch(Tick("import", progress.read, rate=progress.rows_per_second))

    if wish.feed.startswith(("http://", "https://")):
        import_run = importing.prepare(seller, url=wish.feed)
    else:
        path = Path(wish.feed)
        with path.open("rb") as file:
            import_run = importing.prepare(seller, file=file, file_name=path.name)
    return importing.read(import_run, on_progress=tell)


def place(seller: Seller, wish: Wish, import_run: Import) -> int:
    """See that there is a tree, and give products the category that the feed itself names.

    A tree that was given rules; without one, and with no shared one, the feed's own categories are the tree.
    """
    if wish.categories is not None:
        categories.sync(read_tree(wish.categories), seller=seller)
    elif not Category.objects.filter(seller=None, tree="", is_active=True).exists():
        own = feed_categories(import_run)
        if own:
            categories.sync(category_tree.from_feed(own), seller=seller)
    return place_by_hint(seller)


def read_tree(path: Path) -> list[category_tree.Node]:
    text = path.read_text(encoding="utf-8-sig")
    return category_tree.from_json(text) if path.suffix.lower() == ".json" else category_tree.from_table(text)


def feed_categories(import_run: Import) -> dict[str, tuple[str, str]]:
    """The categories at the head of a YML; empty for other formats."""
    if import_run.format != "yml":
        return {}
    with storage().open(import_run.stored_name) as stream, open_feed(stream, format="yml") as feed:
        for _row in feed:
            break  # they are complete once the first offer is reached
        return dict(feed.categories)


# --- The runs ---------------------------------------------------------------------------------------------


def selected(seller: Seller, import_run: Import, wish: Wish) -> Selection:
    selection = Selection(seller_id=seller.pk, seen_in=import_run.pk)
    if wish.limit is not None:
        first = Product.objects.filter(seller=seller, seen_in=import_run.pk).order_by("pk")
        last = list(first.values_list("pk", flat=True)[: wish.limit])
        selection = selection.model_copy(update={"until_id": last[-1] if last else 0})
    return selection


def run_all(selection: Selection, options: RunOptions, wish: Wish, watch: Watch) -> str:
    """Run what has no settled run with these options yet; returns the limit that stopped it, or "".

    First what an earlier sitting left under way, then one batch for the rest.
    """
    sitting = timezone.now()
    once = f"enrich:{options.key}"
    rest = selection.model_copy(update={"wanting": Wanting.THIS_RUN, "not_failed_since": sitting})
    todo = products(rest, options_key=options.key, language=options.language)
    stopped = ""
    live = runs.live_batch(selection.seller_id, once)
    if live is None and not todo.exists():
        return stopped
    warm_up()
    worker = Worker(wish.threads)
    worker.start()
    try:
        if live is not None:
            stopped = follow(live, watch)
        if not stopped and todo.exists():
            batch = runs.start_batch(rest, options, title=Path(wish.feed).name[:200], once=once)
            stopped = follow(batch, watch)
    finally:
        worker.stop(grace_seconds=2.0)
        connection.close()
    return stopped


def follow(batch: Job, watch: Watch) -> str:
    """Watch a batch to its end; returns the limit on which all that is left waits, or ""."""
    cost, summed_at, seen_at = "0", 0.0, time.monotonic()
    while True:
        try:
            batch = Job.objects.get(pk=batch.pk)
            if time.monotonic() - summed_at >= SUM_EVERY_SECONDS:
                cost, summed_at = runs.report(batch.pk)["cost"], time.monotonic()
            limit = napping(batch) if batch.is_live else ""
        except (OperationalError, InterfaceError) as error:
            # The workers wait for the database themselves, and so does who watches them.
            connection.close()
            if time.monotonic() - seen_at > AWAY_AT_MOST_SECONDS:
                raise
            logger.warning("database away: %s", error, extra={"action": "enrich.database_away"})
            time.sleep(LOOK_EVERY_SECONDS)
            continue
        seen_at, progress = time.monotonic(), batch.progress
        watch(
            Tick(
                "enrich",
                done=progress.get("done") or 0,
                total=progress.get("total"),
                rate=progress.get("rate") or 0.0,
                seconds_left=progress.get("seconds_left"),
                cost=cost,
            )
        )
        if limit or not batch.is_live:
            return limit
        time.sleep(LOOK_EVERY_SECONDS)


def napping(batch: Job) -> str:
    """Why everything that is left of a batch sleeps; "" while anything is at work or due soon."""
    is_asleep = Q(state=State.QUEUED, run_at__gt=timezone.now() + LONGEST_NAP)
    # In one statement: asked after one another, the last one that ends between the two would pass for asleep.
    left = Job.objects.filter(parent_id=batch.pk, state__in=[State.QUEUED, State.RUNNING]).aggregate(
        all=Count("pk"), asleep=Count("pk", filter=is_asleep)
    )
    if not left["all"] or left["asleep"] < left["all"]:
        return ""
    waiting = ProcessingLog.objects.filter(batch_id=batch.pk, status__in=LIVE).exclude(error="").first()
    return waiting.error if waiting else "everything that is left waits for later"


def give_back_what_the_dead_held() -> None:
    """Jobs of workers of this machine that are no more need not wait for their lease to run out."""
    here = f"{socket.gethostname()}:"
    held = Job.objects.filter(state=State.RUNNING, owner__startswith=here)
    for owner in set(held.values_list("owner", flat=True)):
        pid = owner.removeprefix(here).partition(":")[0]
        if pid.isdigit() and not _is_alive(int(pid)):
            held.filter(owner=owner).update(lease_until=timezone.now() - timedelta(seconds=1))
    sweeping.reclaim_expired()
    ending.close_abandoned()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()


# --- Out --------------------------------------------------------------------------------------------------


def write_out(summary: Summary, selection: Selection, options: RunOptions, wish: Wish, watch: Watch) -> None:
    import_run = summary.import_run
    listed = Product.objects.filter(seller_id=selection.seller_id, seen_in=import_run.pk)
    finished = feed_report.with_text(listed, options)
    held_path = wish.out.with_name(f".{wish.out.name}.held.csv")
    shop = Shop(import_run.seller.name, "", newest_text(listed, wish.language))
    try:
        report = write(
            (feed_report.shaped(card, options) for card in cards(finished, wish.language)),
            wish.out,
            file_format=wish.file_format,
            target=wish.target,
            language=wish.language,
            shop=shop,
            report_path=held_path,
            on_progress=lambda done: watch(Tick("export", done)),
        )
        summary.written, summary.advice = report.written, dict(report.advice)
        if wish.include_doubtful:
            summary.doubtful_path = wish.out.with_name(f"{wish.out.stem}.doubtful{wish.out.suffix}")
            summary.doubtful = write_doubtful(listed, options, summary.doubtful_path, wish, shop).written
        summary.report_path = wish.out.with_name(f"{wish.out.name}.report.csv")
        rows = feed_report.rows(import_run, listed, options, held_path)
        summary.counts = feed_report.write(summary.report_path, rows)
        summary.counts[feed_report.CARD] = report.written
    finally:
        held_path.unlink(missing_ok=True)


def write_doubtful(
    listed: QuerySet[Product], options: RunOptions, path: Path, wish: Wish, shop: Shop
) -> ExportReport:
    """The texts that wait for a person, in a file of their own: nobody takes them for finished ones."""
    return write(
        feed_report.doubtful_cards(listed, options),
        path,
        file_format=wish.file_format,
        target=wish.target,
        language=wish.language,
        shop=shop,
    )


def newest_text(listed: QuerySet[Product], language: str) -> datetime:
    """The date of a file: when the newest text in it was written, so that the same cards make the same file."""
    texts = ProductContent.objects.filter(product__in=listed, language=language)
    newest = texts.aggregate(Max("updated_at"))["updated_at__max"]
    return newest or listed.aggregate(Max("updated_at"))["updated_at__max"] or timezone.now()
