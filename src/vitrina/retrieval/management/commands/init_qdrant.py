"""Create or check the vector collections, and bring them up to date with the database."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vitrina.retrieval import catching_up
from vitrina.retrieval.collections import COLLECTIONS
from vitrina.retrieval.index import RetrievalError


class Command(BaseCommand):
    help = "Create or check the vector collections and bring them up to date with the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="throw the vectors away and make them anew from the database",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for collection in COLLECTIONS:
                if options["rebuild"]:
                    catching_up.rebuild(collection)
                report = catching_up.check(collection)
                self.stdout.write(
                    f"{collection}: {report.documents} documents, {report.groups} groups, in {report.place}"
                )
        except RetrievalError as error:
            raise CommandError(str(error)) from error
