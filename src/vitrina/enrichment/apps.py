from __future__ import annotations

from django.apps import AppConfig


class EnrichmentConfig(AppConfig):
    name = "vitrina.enrichment"
    label = "enrichment"

    def ready(self) -> None:
        from vitrina.enrichment import jobs  # noqa: F401 - registers the room's handlers and schedules
