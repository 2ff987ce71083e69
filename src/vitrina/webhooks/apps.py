from __future__ import annotations

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "vitrina.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from vitrina.jobs.registry import registry
        from vitrina.lib.resealing import places
        from vitrina.webhooks import failed_jobs, jobs, own_section, secret  # noqa: F401 - handlers, a section

        registry.when_failed["webhooks"] = failed_jobs.announce_failed
        places.extend(secret.SEALED)
