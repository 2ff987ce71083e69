from __future__ import annotations

from django.apps import AppConfig


class EnrichmentConfig(AppConfig):
    name = "vitrina.enrichment"
    label = "enrichment"

    def ready(self) -> None:
        from vitrina.catalog.pictures import places
        from vitrina.enrichment import bulk, bulk_jobs, jobs  # noqa: F401 - register handlers and schedules
        from vitrina.enrichment.placement import jobs as placement_jobs  # noqa: F401 - as well
        from vitrina.enrichment.sample import making

        places.made_here(making.HOST, making.make)
