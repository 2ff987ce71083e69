from __future__ import annotations

from django.urls import path

from vitrina.inbox import (
    bulk_views,
    canned_views,
    deeds,
    library_views,
    presence_views,
    settings_views,
    views,
)
from vitrina.inbox.statistics import views as statistics

urlpatterns = [
    path("inbox/", views.inbox_page, name="inbox"),
    path("inbox/reading", deeds.reading, name="inbox_reading"),
    path("inbox/absence", presence_views.absence, name="inbox_absence"),
    path("inbox/approval", bulk_views.approval_page, name="inbox_approval"),
    path("inbox/approvals", bulk_views.approvals, name="inbox_approvals"),
    path("inbox/library/", library_views.library_page, name="inbox_library"),
    path("inbox/library/new", library_views.library_addition, name="inbox_library_addition"),
    path("inbox/library/<int:pk>/use", library_views.library_use, name="inbox_library_use"),
    path("inbox/library/<int:pk>/deletion", library_views.library_deletion, name="inbox_library_deletion"),
    path("inbox/canned/", canned_views.canned_page, name="inbox_canned"),
    path("inbox/canned/new", canned_views.canned_addition, name="inbox_canned_addition"),
    path("inbox/canned/<int:pk>/", canned_views.canned_change, name="inbox_canned_change"),
    path("inbox/canned/<int:pk>/deletion", canned_views.canned_deletion, name="inbox_canned_deletion"),
    path("inbox/canned/<int:pk>/place", canned_views.canned_place, name="inbox_canned_place"),
    path("inbox/<int:pk>/canned", canned_views.canned_palette, name="interaction_canned"),
    path("inbox/statistics/", statistics.statistics_page, name="inbox_statistics"),
    path("inbox/statistics/csv", statistics.statistics_csv, name="inbox_statistics_csv"),
    path("inbox/<int:pk>/", views.interaction_page, name="interaction"),
    path("inbox/<int:pk>/next", views.next_page, name="interaction_next"),
    path("inbox/<int:pk>/talk", views.talk_part, name="interaction_talk"),
    path("inbox/<int:pk>/head", views.head_part, name="interaction_head"),
    path("inbox/<int:pk>/answer", views.answer_part, name="interaction_answer"),
    path("inbox/<int:pk>/check", views.check_part, name="interaction_check"),
    path("inbox/<int:pk>/draft", views.draft_part, name="interaction_draft"),
    path("inbox/<int:pk>/presence", presence_views.presence_beat, name="interaction_presence"),
    path("inbox/<int:pk>/drafting", deeds.drafting, name="interaction_drafting"),
    path("inbox/<int:pk>/reply", deeds.reply, name="interaction_reply"),
    path("inbox/<int:pk>/editing", deeds.editing, name="interaction_editing"),
    path("inbox/<int:pk>/assignment", deeds.assignment, name="interaction_assignment"),
    path("inbox/<int:pk>/note", deeds.note, name="interaction_note"),
    path("inbox/<int:pk>/closing", deeds.closing, name="interaction_closing"),
    path("inbox/<int:pk>/opening", deeds.opening, name="interaction_opening"),
    path("inbox/<int:pk>/visit", statistics.visit, name="interaction_visit"),
    path("settings/inbox/", settings_views.first_page, name="settings_inbox"),
    path("settings/inbox/<int:pk>/", settings_views.seller_page, name="settings_inbox_seller"),
    path("settings/inbox/<int:pk>/stopping", settings_views.stopping, name="settings_inbox_stopping"),
]
