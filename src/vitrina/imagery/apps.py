from __future__ import annotations

from django.apps import AppConfig


class ImageryConfig(AppConfig):
    name = "vitrina.imagery"
    label = "imagery"

    def ready(self) -> None:
        from vitrina.accounts import planning
        from vitrina.imagery import (
            abandoned,
            ending,
            installed,
            news,
            own_section,  # noqa: F401 - registers itself
        )
        from vitrina.imagery import jobs as imagery_jobs  # noqa: F401 - registers the handlers
        from vitrina.jobs.registry import registry

        ending.when_ended["webhooks"] = news.image_ended
        registry.when_failed["imagery.draw"] = abandoned.fail_by_job
        planning.picture_services.append(installed.drawn_by)
