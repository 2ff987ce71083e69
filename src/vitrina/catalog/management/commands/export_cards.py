"""`vitrina export_cards --seller NAME --target yml --format yml --out FILE`: finished cards into a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import track

from vitrina.accounts.models import Seller
from vitrina.catalog import limits
from vitrina.catalog.card import Card
from vitrina.catalog.cards import cards
from vitrina.catalog.export import ExportReport, Shop, write
from vitrina.catalog.models import Product
from vitrina.catalog.writers import WRITERS

SHOWN = 20


class Command(BaseCommand):
    help = "Write finished cards to a file; what breaks a limit of the target is held back and listed with reasons."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seller", required=True, help="short name of the seller")
        parser.add_argument("--target", required=True, choices=list(limits.targets()))
        parser.add_argument("--format", required=True, choices=list(WRITERS))
        parser.add_argument("--out", required=True, type=Path)
        parser.add_argument("--language", default="", help="of the texts; the seller's by default")
        parser.add_argument("--report", type=Path, help="write what was held back, with reasons, to this CSV")
        parser.add_argument(
            "--cap",
            action="append",
            default=[],
            metavar="CODE=NUMBER",
            help="a limit of your own, e.g. description.max_chars=2000",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        seller = Seller.objects.filter(slug=options["seller"]).first()
        if seller is None:
            known = ", ".join(Seller.objects.values_list("slug", flat=True)[:20])
            raise CommandError(f"There is no seller {options['seller']!r}; known are: {known}.")
        language = options["language"] or seller.language
        products = Product.objects.filter(seller=seller)
        found: Iterator[Card] = cards(products, language)
        try:
            report = write(
                track(found, "Cards", total=products.count(), console=Console(stderr=True), transient=True),
                options["out"],
                file_format=options["format"],
                target=options["target"],
                language=language,
                shop=Shop(seller.name, "", timezone.localtime()),
                caps=dict(_cap(said) for said in options["cap"]),
                report_path=options["report"],
            )
        except (limits.UnknownTarget, limits.UnknownLimit) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['out']} can't be written: {error.strerror}.") from error
        self._tell(report, options["out"], options["report"])

    def _tell(self, report: ExportReport, out: Path, report_path: Path | None) -> None:
        self.stdout.write(f"{report.written} cards written to {out}, {report.held_back_count} held back.")
        for code, count in report.reasons.most_common():
            self.stdout.write(f"  {count} × {code}")
        for external_id, sentences in report.held_back[:SHOWN]:
            self.stdout.write(f"  {external_id}: {'; '.join(sentences)}")
        if report.held_back_count > SHOWN and not report_path:
            self.stdout.write("  … --report FILE writes them all.")


def _cap(said: str) -> tuple[str, int]:
    code, sign, number = said.rpartition("=")
    if not sign or not number.isdecimal():
        raise CommandError(f"--cap {said!r} must be CODE=NUMBER.")
    return code, int(number)
