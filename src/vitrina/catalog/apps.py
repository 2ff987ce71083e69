from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "vitrina.catalog"
    label = "catalog"

    def ready(self) -> None:
        from vitrina.accounts import targets
        from vitrina.catalog import jobs  # noqa: F401 - registers the handlers
        from vitrina.catalog.duplicates import jobs as duplicate_jobs  # noqa: F401 - as well
        from vitrina.catalog.limit_words import target_choices
        from vitrina.catalog.pictures import jobs as picture_jobs  # noqa: F401 - as well
        from vitrina.catalog.places import jobs as place_jobs  # noqa: F401 - as well
        from vitrina.catalog.pushing import jobs as pushing_jobs
        from vitrina.catalog.sources import jobs as source_jobs  # noqa: F401 - as well
        from vitrina.jobs.registry import registry

        targets.known_by(target_choices)
        registry.when_failed["catalog.pushing"] = pushing_jobs.fail_by_job
