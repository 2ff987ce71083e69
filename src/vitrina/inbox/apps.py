from __future__ import annotations

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "vitrina.inbox"
    label = "inbox"

    def ready(self) -> None:
        from vitrina.inbox import jobs, own_section, sending  # noqa: F401 - importing registers them
        from vitrina.jobs.registry import registry

        registry.when_failed["inbox"] = sending.fail_by_job
