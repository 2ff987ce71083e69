from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "vitrina.jobs"
    label = "jobs"

    def ready(self) -> None:
        from vitrina.jobs import housekeeping  # noqa: F401 - registers the room's scheduled work
