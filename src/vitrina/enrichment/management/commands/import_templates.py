"""`vitrina import_templates FILE`: examples for descriptions, from JSON or JSON Lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from vitrina.accounts.models import Seller
from vitrina.enrichment.content_templates import import_templates, read_file
from vitrina.lib.strict_json import BadJson


class Command(BaseCommand):
    help = (
        "Take templates in from a JSON array or JSON Lines. Each has name and text, and may have language, "
        "category (a path of the tree) and is_active. The same name again updates it; its counters stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--seller", default="", help="the seller's short name; without it all sellers share them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        seller = None
        if options["seller"]:
            seller = Seller.objects.filter(slug=options["seller"]).first()
            if seller is None:
                raise CommandError(f"There is no seller «{options['seller']}»; nothing was imported.")
        try:
            rows = read_file(options["file"])
        except (OSError, UnicodeDecodeError, BadJson) as error:
            raise CommandError(f"{options['file']} can't be read: {error}. Nothing was imported.") from error
        taken = import_templates(rows, seller=seller)
        self.stdout.write(
            _(
                "Templates: %(created)d new, %(updated)d changed, %(unchanged)d as before, %(refused)d refused."
            )
            % {
                "created": taken.created,
                "updated": taken.updated,
                "unchanged": taken.unchanged,
                "refused": len(taken.refused),
            }
        )
        for number, reason in taken.refused:
            self.stderr.write(f"  {number}: {reason}")
        if taken.refused and not (taken.created or taken.updated or taken.unchanged):
            raise CommandError("No row of the file is a template.")
