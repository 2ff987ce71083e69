from __future__ import annotations

from django.apps import AppConfig


class ImageryConfig(AppConfig):
    name = "vitrina.imagery"
    label = "imagery"

    def ready(self) -> None:
        from vitrina.accounts import planning
        from vitrina.imagery import abandoned, installed
        from vitrina.imagery import jobs as imagery_jobs  # noqa: F401 - registers the handlers
        from vitrina.jobs.registry import registry

        registry.when_failed["imagery.draw"] = abandoned.fail_by_job
        planning.picture_services.append(installed.drawn_by)
