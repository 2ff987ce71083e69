"""`vitrina sync_categories [FILE]`: a tree of categories in, and what retrieval finds them by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vitrina.accounts.models import Seller
from vitrina.catalog import categories
from vitrina.catalog.models import Category
from vitrina.catalog.tree_file import read_tree

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Bring a tree of categories in from a file (TSV, CSV, JSON, or the categories of a YML feed). Without a file: "
        "write the search documents of all categories anew. What people changed (names, synonyms) stays."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument(
            "--seller", default="", help="short name; without it the tree is shared by all sellers"
        )
        parser.add_argument(
            "--tree", default="", help="wildberries, ozon, yandex …; without it the shop's own"
        )
        parser.add_argument(
            "--retire-missing",
            action="store_true",
            help="put categories that the file doesn't list out of use",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"] is None:
            changed = categories.index(Category.objects.all())
            self.stdout.write(f"{Category.objects.count()} categories, {changed} search documents changed.")
            return
        seller = None
        if options["seller"]:
            seller = Seller.objects.filter(slug=options["seller"]).first()
            if seller is None:
                raise CommandError(f"There is no seller {options['seller']!r}.")
        try:
            nodes = read_tree(options["file"])
        except ValueError as error:
            raise CommandError(f"{options['file']}: {error}") from error
        except OSError as error:
            raise CommandError(f"{options['file']} can't be read: {error.strerror}.") from error
        report = categories.sync(
            nodes, seller=seller, tree=options["tree"], retire_missing=options["retire_missing"]
        )
        self.stdout.write(
            f"{report.created} new, {report.updated} changed, {report.unchanged} unchanged, {report.missing} not in the file"
            f" ({report.retired} put out of use), {len(report.refused)} refused, {report.documents} search documents changed."
        )
        for refusal in report.refused[:SHOWN]:
            self.stdout.write(f"  {refusal.external_id}: {refusal.reason}")
        if len(report.refused) > SHOWN:
            self.stdout.write(f"  … and {len(report.refused) - SHOWN} more.")
        if options["retire_missing"] and report.refused:
            self.stdout.write("Nothing was put out of use, because the file has broken categories.")
