from __future__ import annotations

from django.urls import path

from vitrina.enrichment import (
    bulk_views,
    category_quality,
    import_enrichment,
    moderation_decisions,
    moderation_views,
    run_views,
    template_views,
)
from vitrina.enrichment.placement import views as place_views

urlpatterns = [
    path("places/", place_views.places_page, name="push_places"),
    path("places/finding", place_views.finding, name="push_places_finding"),
    path("places/tree", place_views.tree_reading, name="push_places_tree"),
    path("places/<int:pk>/", place_views.place_page, name="push_place"),
    path("places/<int:pk>/confirmation", place_views.confirmation, name="push_place_confirmation"),
    path("moderation/", moderation_views.queue_page, name="moderation"),
    path("moderation/next", moderation_views.next_item, name="moderation_next"),
    path("moderation/ahead", moderation_views.ahead, name="moderation_ahead"),
    path("moderation/releases", moderation_views.releases, name="moderation_releases"),
    path("moderation/bulk", bulk_views.bulk_page, name="moderation_bulk"),
    path("moderation/bulk/approvals", bulk_views.bulk_approvals, name="moderation_bulk_approvals"),
    path("moderation/<int:pk>/", moderation_views.item_page, name="moderation_item"),
    path("moderation/<int:pk>/holder", moderation_views.holder_part, name="moderation_holder"),
    path("moderation/<int:pk>/assignment", moderation_views.assignment, name="moderation_assignment"),
    path("moderation/<int:pk>/lease", moderation_views.lease, name="moderation_lease"),
    path("moderation/<int:pk>/release", moderation_views.release, name="moderation_release"),
    path("moderation/<int:pk>/approval", moderation_decisions.approval, name="moderation_approval"),
    path("moderation/<int:pk>/rejection", moderation_decisions.rejection, name="moderation_rejection"),
    path(
        "moderation/<int:pk>/sending-back", moderation_decisions.sending_back, name="moderation_sending_back"
    ),
    path("moderation/<int:pk>/skipping", moderation_decisions.skipping, name="moderation_skipping"),
    path("moderation/<int:pk>/undoing", moderation_decisions.undoing, name="moderation_undoing"),
    path("categories/<int:pk>/quality", category_quality.category_quality, name="category_quality"),
    path("imports/<int:pk>/enrichment", import_enrichment.import_enrichment, name="import_enrichment"),
    path("runs/", run_views.runs_page, name="runs"),
    path("runs/file", run_views.runs_file, name="runs_file"),
    path("runs/<int:pk>/", run_views.run_page, name="run"),
    path("runs/<int:pk>/comparison", run_views.run_comparison, name="run_comparison"),
    path("templates/", template_views.templates_page, name="templates"),
    path("templates/new", template_views.template_addition, name="template_addition"),
    path("templates/file", template_views.templates_file, name="templates_file"),
    path("templates/<int:pk>/", template_views.template_page, name="template"),
    path("templates/<int:pk>/change", template_views.template_change, name="template_change"),
    path("templates/<int:pk>/use", template_views.template_use, name="template_use"),
    path("templates/<int:pk>/deletion", template_views.template_deletion, name="template_deletion"),
    path("templates/<int:pk>/trial", template_views.template_trial, name="template_trial"),
]
