from __future__ import annotations

from django.urls import path

from vitrina.imagery import deed_views, service_views, views

urlpatterns = [
    path("pictures/", views.images_page, name="images"),
    path("pictures/new/", deed_views.image_addition, name="image_addition"),
    path("pictures/<int:pk>/", views.image_page, name="image"),
    path("pictures/<int:pk>/change", deed_views.image_change, name="image_change"),
    path("pictures/<int:pk>/repetition", deed_views.image_repetition, name="image_repetition"),
    path("pictures/<int:pk>/cancellation", deed_views.image_cancellation, name="image_cancellation"),
    path("pictures/<int:pk>/deletion", deed_views.image_deletion, name="image_deletion"),
    path("pictures/<int:pk>/tile", views.image_tile, name="image_tile"),
    path("pictures/<int:pk>/beside/<int:other>/", views.image_comparison, name="image_comparison"),
    path("pictures/<int:pk>/download", views.image_download, name="image_download"),
    path("media/images/<int:pk>/<slug:digest>/<slug:size>", views.image_file, name="image_file"),
    path("settings/pictures/", service_views.services_page, name="settings_pictures"),
    path("settings/pictures/<slug:name>/move", service_views.service_move, name="settings_pictures_move"),
    path(
        "settings/pictures/<slug:name>/switching",
        service_views.service_switching,
        name="settings_pictures_switching",
    ),
    path("settings/pictures/<slug:name>/trial", service_views.service_trial, name="settings_pictures_trial"),
]
