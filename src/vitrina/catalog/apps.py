from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "vitrina.catalog"
    label = "catalog"

    def ready(self) -> None:
        from django.urls import reverse
        from django.utils.translation import gettext_lazy as _

        from vitrina.accounts import targets
        from vitrina.accounts.roles import Right
        from vitrina.catalog import jobs  # noqa: F401 - registers the handlers
        from vitrina.catalog.duplicates import jobs as duplicate_jobs  # noqa: F401 - as well
        from vitrina.catalog.limit_words import target_choices
        from vitrina.catalog.pictures import arranging_views
        from vitrina.catalog.pictures import jobs as picture_jobs  # noqa: F401 - as well
        from vitrina.catalog.places import jobs as place_jobs  # noqa: F401 - as well
        from vitrina.catalog.pushing import jobs as pushing_jobs
        from vitrina.catalog.sources import jobs as source_jobs  # noqa: F401 - as well
        from vitrina.imagery import offers, subjects
        from vitrina.jobs.registry import registry

        targets.known_by(target_choices)
        offers.add(
            offers.Offer(
                "product_picture_choice",
                _("Use as product picture"),
                "package",
                Right.EDIT_CATALOGUE,
                arranging_views.why_no_product_picture,
            )
        )
        subjects.known(
            "product", subjects.Kind(_("the product"), lambda pk: reverse("product", kwargs={"pk": pk}))
        )
        registry.when_failed["catalog.pushing"] = pushing_jobs.fail_by_job
