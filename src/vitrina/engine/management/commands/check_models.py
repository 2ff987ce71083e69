"""Which models of the routes their providers know, and whether they answer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vitrina.engine.checking import check_models


class Command(BaseCommand):
    help = "Ask each provider which models of our routes it knows, and make one tiny test call to each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-calls", action="store_true", help="only compare names; costs nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = check_models(with_calls=not options["no_calls"])
        for finding in findings:
            sign = {True: "ok  ", False: "FAIL", None: "–   "}[finding.ok]
            self.stdout.write(f"{sign} {finding.route:<11} {finding.model:<44} {finding.words}")
        failed = [finding for finding in findings if finding.ok is False]
        if failed:
            raise CommandError(
                f"{len(failed)} of {len(findings)} models can't be used; the lines marked FAIL say why."
            )
