from __future__ import annotations

from django.urls import path

from vitrina.enrichment import (
    api_attributes,
    api_logs,
    api_moderation,
    api_process,
    api_products,
    api_stats,
    api_templates,
)
from vitrina.enrichment.placement import api as api_places

urlpatterns = [
    path("places", api_places.PlacesDoor.as_view(), name="api_places"),
    path("places/finding", api_places.PlacesFindingDoor.as_view(), name="api_places_finding"),
    path("places/<int:pk>", api_places.PlaceDoor.as_view(), name="api_place"),
    path(
        "places/<int:pk>/confirmation",
        api_places.PlaceConfirmationDoor.as_view(),
        name="api_place_confirmation",
    ),
    path("places/<int:pk>/values", api_places.PlaceValuesDoor.as_view(), name="api_place_values"),
    path("products/<int:pk>", api_products.ProductDoor.as_view(), name="api_product"),
    path(
        "products/<int:pk>/attributes",
        api_attributes.ProductAttributesDoor.as_view(),
        name="api_product_attributes",
    ),
    path("ai/logs", api_logs.LogsDoor.as_view(), name="api_logs"),
    path("ai/logs/<int:pk>", api_logs.LogDoor.as_view(), name="api_log"),
    path("ai/logs/<int:pk>/approve", api_logs.LogApproveDoor.as_view(), name="api_log_approve"),
    path("ai/logs/<int:pk>/reject", api_logs.LogRejectDoor.as_view(), name="api_log_reject"),
    path("ai/logs/<int:pk>/reprocess", api_logs.LogReprocessDoor.as_view(), name="api_log_reprocess"),
    path("ai/moderation", api_moderation.ModerationItemsDoor.as_view(), name="api_moderation"),
    path("ai/moderation/<int:pk>", api_moderation.ModerationItemDoor.as_view(), name="api_moderation_item"),
    path(
        "ai/moderation/<int:pk>/assign",
        api_moderation.ModerationAssignDoor.as_view(),
        name="api_moderation_assign",
    ),
    path(
        "ai/moderation/<int:pk>/release",
        api_moderation.ModerationReleaseDoor.as_view(),
        name="api_moderation_release",
    ),
    path(
        "ai/moderation/<int:pk>/resolve",
        api_moderation.ModerationResolveDoor.as_view(),
        name="api_moderation_resolve",
    ),
    path("ai/templates", api_templates.TemplatesDoor.as_view(), name="api_templates"),
    path("ai/templates/<int:pk>", api_templates.TemplateDoor.as_view(), name="api_template"),
    path("ai/process/batch", api_process.ProcessBatchDoor.as_view(), name="api_process_batch"),
    path("ai/process/<int:pk>", api_process.ProcessProductDoor.as_view(), name="api_process_product"),
    path("ai/stats", api_stats.StatsDoor.as_view(), name="api_stats"),
]
