from __future__ import annotations

from django.urls import path

from vitrina.inbox import api, api_canned, api_readings, api_replies, api_settings, api_stats

urlpatterns = [
    path("interactions", api.InteractionsDoor.as_view(), name="api_interactions"),
    path(
        "interactions/readings",
        api_readings.InteractionsReadingsDoor.as_view(),
        name="api_interactions_readings",
    ),
    path("interactions/sync", api_readings.InteractionsSyncDoor.as_view(), name="api_interactions_sync"),
    path("interactions/stats", api_stats.InteractionsStatsDoor.as_view(), name="api_interactions_stats"),
    path("interactions/<int:pk>", api.InteractionDoor.as_view(), name="api_interaction"),
    path(
        "interactions/<int:pk>/messages",
        api.InteractionMessagesDoor.as_view(),
        name="api_interaction_messages",
    ),
    path(
        "interactions/<int:pk>/ai-draft",
        api_replies.InteractionDraftsDoor.as_view(),
        name="api_interaction_drafts",
    ),
    path(
        "interactions/<int:pk>/reply",
        api_replies.InteractionRepliesDoor.as_view(),
        name="api_interaction_replies",
    ),
    path("inbox/canned-answers", api_canned.CannedAnswersDoor.as_view(), name="api_canned_answers"),
    path("inbox/canned-answers/<int:pk>", api_canned.CannedAnswerDoor.as_view(), name="api_canned_answer"),
    path("inbox/settings/<int:pk>", api_settings.InboxSettingsDoor.as_view(), name="api_inbox_settings"),
]
