from __future__ import annotations

from django.apps import AppConfig


class EnrichmentConfig(AppConfig):
    name = "vitrina.enrichment"
    label = "enrichment"
