"""`vitrina jobs`: what waits, runs and failed, and what a person can do about it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from vitrina.jobs import control
from vitrina.jobs.fairness import Queue
from vitrina.jobs.metrics import measure
from vitrina.jobs.models import Job, JobQuerySet, WorkerTick
from vitrina.jobs.states import State


class Command(BaseCommand):
    help = "Look at the jobs, try failed ones again, cancel."

    def add_arguments(self, parser: CommandParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        listing = deeds.add_parser("list", help="the newest jobs")
        listing.add_argument("--state", choices=[state.value for state in State])
        listing.add_argument("--kind", default="")
        listing.add_argument("--all", action="store_true", help="with the children of batches")
        listing.add_argument("--limit", type=int, default=50)
        deeds.add_parser("queues", help="what waits and runs, by priority, seller and kind; the workers")
        dead = deeds.add_parser("dead", help="failed and doubtful jobs, with their input")
        dead.add_argument("--limit", type=int, default=50)
        for name, words in (
            ("retry", "try failed jobs again: ids, or --all"),
            ("drop", "take failed jobs off the list: ids, or --all"),
        ):
            deed = deeds.add_parser(name, help=words)
            deed.add_argument("ids", nargs="*", type=int)
            deed.add_argument("--all", action="store_true")
            deed.add_argument("--kind", default="", help="with --all: only this kind")
        for name in ("cancel", "pause", "resume"):
            deed = deeds.add_parser(name, help=f"{name} jobs or batches")
            deed.add_argument("ids", nargs="+", type=int)

    def handle(self, *args: Any, deed: str, **options: Any) -> None:
        match deed:
            case "list":
                self._list(options)
            case "queues":
                self._queues()
            case "dead":
                self._dead(options["limit"])
            case "retry" | "drop":
                self._control(deed, self._chosen(options))
            case "cancel" | "pause" | "resume":
                self._control(deed, Job.objects.filter(pk__in=options["ids"]), wanted=options["ids"])

    def _list(self, options: dict[str, Any]) -> None:
        jobs = Job.objects.order_by("-pk") if options["all"] else Job.objects.all().top()
        if options["state"]:
            jobs = jobs.filter(state=options["state"])
        if options["kind"]:
            jobs = jobs.filter(kind=options["kind"])
        for job in jobs[: options["limit"]]:
            progress = job.progress
            far = f"{progress['done']}/{progress.get('total') or '?'}" if "done" in progress else ""
            self.stdout.write(
                f"{job.pk:>8}  {job.state:<9}  {job.kind:<28}  try {job.attempt}  {far:<12}  "
                f"{job.title} {_first_line(job.error)}".rstrip()
            )

    def _queues(self) -> None:
        now = timezone.now()
        rows: dict[str, dict[str, int]] = {}
        for name, state in Job.objects.filter(state__in=["queued", "running"]).values_list("queue", "state"):
            row = rows.setdefault(name, {"queued": 0, "running": 0})
            row[state] += 1
        self.stdout.write(f"{'priority':>8}  {'seller':>8}  {'queued':>7}  {'running':>7}  kind")
        for queue, row in sorted((Queue.of(name), row) for name, row in rows.items()):
            self.stdout.write(
                f"{queue.priority:>8}  {queue.share or '-':>8}  {row['queued']:>7}  {row['running']:>7}  {queue.kind}"
            )
        measured = measure()
        oldest = "-" if measured.oldest_seconds is None else f"{measured.oldest_seconds:.0f} s"
        self.stdout.write(
            f"Oldest waiting: {oldest}. Batches at work: {measured.waiting_batches}. Workers: {measured.workers}."
        )
        for tick in WorkerTick.objects.order_by("owner"):
            ago = (now - tick.ticked_at).total_seconds()
            self.stdout.write(
                f"  {tick.owner}: {tick.running} of {tick.threads} threads busy, seen {ago:.0f} s ago"
            )

    def _dead(self, limit: int) -> None:
        jobs = Job.objects.all().dead()
        for job in jobs[:limit]:
            self.stdout.write(
                f"{job.pk:>8}  {job.state:<6}  {job.kind}  tries {job.attempt}  {_first_line(job.error)}"
            )
            self.stdout.write(f"          input: {job.payload}")
        count = jobs.count()
        if count > limit:
            self.stdout.write(f"{count - limit} more; see --limit.")
        self.stdout.write(f"{count} in all. `jobs retry ID` tries again, `jobs drop ID` takes off the list.")

    def _chosen(self, options: dict[str, Any]) -> JobQuerySet:
        if options["all"] == bool(options["ids"]):
            raise CommandError("Say which jobs: their ids, or --all.")
        jobs = Job.objects.all().dead()
        if options["all"]:
            return jobs.filter(kind=options["kind"]) if options["kind"] else jobs
        return Job.objects.filter(pk__in=options["ids"])

    def _control(self, deed: str, jobs: JobQuerySet, wanted: list[int] | None = None) -> None:
        act = getattr(control, deed)
        done, refused, found = 0, 0, set()
        for job in jobs:
            found.add(job.pk)
            try:
                act(job, by="command line")
                done += 1
            except control.ControlRefused as error:
                refused += 1
                self.stderr.write(f"{job.pk}: {error}")
        for missing in set(wanted or []) - found:
            refused += 1
            self.stderr.write(f"{missing}: there is no such job.")
        self.stdout.write(f"{deed}: {done} done, {refused} refused.")


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0][:100] if text.strip() else ""
