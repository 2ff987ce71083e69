from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "vitrina.jobs"
    label = "jobs"

    def ready(self) -> None:
        from vitrina.jobs import failures, housekeeping  # noqa: F401 - register the room's own work
