"""`vitrina load_sample`: the sample shop, for a first look."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from vitrina.enrichment.sample.load import load_sample


class Command(BaseCommand):
    help = "Add the sample shop «Маяк»: a tree, about 200 listings, a dozen templates. Once; a second time it says so."

    def handle(self, *args: Any, **options: Any) -> None:
        import_run = load_sample()
        if import_run is None:
            self.stdout.write("The sample shop is there already; nothing was changed.")
        else:
            self.stdout.write(
                "The sample shop is queued: a running worker imports it and then enriches its products."
            )
