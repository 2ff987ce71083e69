from __future__ import annotations

from django.urls import path

from vitrina.enrichment import moderation_views, views

urlpatterns = [
    path("moderation/", moderation_views.queue_page, name="moderation"),
    path("moderation/next", moderation_views.next_item, name="moderation_next"),
    path("moderation/<int:pk>/", moderation_views.item_page, name="moderation_item"),
    path("moderation/<int:pk>/assignment", moderation_views.assignment, name="moderation_assignment"),
    path("moderation/<int:pk>/release", moderation_views.release, name="moderation_release"),
    path("moderation/<int:pk>/approval", moderation_views.approval, name="moderation_approval"),
    path("moderation/<int:pk>/rejection", moderation_views.rejection, name="moderation_rejection"),
    path("moderation/<int:pk>/sending-back", moderation_views.sending_back, name="moderation_sending_back"),
    path("runs/", views.runs_page, name="runs"),
    path("runs/<int:pk>/", views.run_page, name="run"),
    path("templates/", views.templates_page, name="templates"),
]
