"""`vitrina import_feed FILE|URL --seller NAME`: a feed into the catalogue, here and now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from vitrina.accounts.models import Seller
from vitrina.catalog import importing
from vitrina.catalog.broken_rows import as_csv
from vitrina.catalog.models import Import

SHOWN = 20


class Command(BaseCommand):
    help = "Read a feed (CSV, XLSX, YML, JSON Lines) into the catalogue. Killed, the same command goes on where it was."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="a file, or an http(s) address")
        parser.add_argument(
            "--seller", required=True, help="short name of the seller; it is made when there is none"
        )
        parser.add_argument(
            "--format", default="", choices=["", "csv", "xlsx", "yml", "jsonl"], help="recognised by default"
        )
        parser.add_argument("--encoding", default="", help="of a CSV; recognised by default")
        parser.add_argument("--currency", default="", help="of rows that name none; the seller's by default")
        parser.add_argument("--supplier", default="", help="of rows that name none")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="HEADER=ROLE",
            help="how to read a column, e.g. «Модель=title»",
        )
        parser.add_argument(
            "--enrich", action="store_true", help="ask for the enrichment of what is new or changed"
        )
        parser.add_argument("--report", type=Path, help="write broken rows and warnings to this CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["seller"]
        seller, _ = Seller.objects.get_or_create(slug=slug, defaults={"name": slug})
        try:
            wanted = importing.ImportOptions.load(
                {
                    "columns": dict(_pair(said) for said in options["column"]),
                    "encoding": options["encoding"],
                    "currency": options["currency"].upper(),
                    "supplier": options["supplier"],
                    "enrich": options["enrich"],
                }
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        import_run = _prepare(seller, options["source"], options["format"], wanted)
        console = Console(stderr=True)
        if import_run.read:
            console.print(f"Going on behind row {import_run.read}.")
        try:
            import_run = self._read(import_run, console)
        except importing.ImportFailed as error:
            raise CommandError(str(error)) from error
        except importing.TakenOver as error:
            raise CommandError(f"{error} Nothing was counted twice.") from error
        self._tell(import_run, options["report"])

    def _read(self, import_run: Import, console: Console) -> Import:
        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f} rows, {task.fields[rate]:.0f}/s, {task.fields[broken]} broken"),
            TimeElapsedColumn(),
            console=console,
        )
        with bar:
            task = bar.add_task(str(import_run), total=None, rate=0.0, broken=0)

            def tell(progress: importing.Progress) -> None:
                bar.update(
                    task, completed=progress.read, rate=progress.rows_per_second, broken=progress.broken
                )

            return importing.read(import_run, on_progress=tell)

    def _tell(self, import_run: Import, report: Path | None) -> None:
        self.stdout.write(
            f"{import_run.read} rows: {import_run.created} new, {import_run.updated} changed, "
            f"{import_run.unchanged} unchanged, {import_run.broken} refused, {import_run.warnings} warnings."
        )
        for broken in import_run.broken_rows.all()[:SHOWN]:
            mark = "warning" if broken.is_warning else "refused"
            self.stdout.write(f"  line {broken.line} {broken.external_id} [{mark}] {broken.sentence}")
        left = import_run.broken + import_run.warnings - SHOWN
        if left > 0:
            self.stdout.write(
                f"  … and {left} more" + ("." if report else "; --report FILE writes them all.")
            )
        if report:
            with report.open("w", encoding="utf-8", newline="") as file:
                file.writelines(as_csv(import_run))


def _prepare(seller: Seller, source: str, file_format: str, options: importing.ImportOptions) -> Import:
    if "://" in source:
        return importing.prepare(seller, url=source, file_format=file_format, options=options)
    path = Path(source)
    try:
        with path.open("rb") as stream:
            return importing.prepare(
                seller, file=stream, file_name=path.name, file_format=file_format, options=options
            )
    except OSError as error:
        raise CommandError(f"{source} can't be read: {error.strerror}.") from error


def _pair(said: str) -> tuple[str, str]:
    header, sign, role = said.rpartition("=")
    if not sign:
        raise ValueError(f"--column {said!r} must be HEADER=ROLE.")
    return header, role
