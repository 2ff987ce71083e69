from __future__ import annotations

from django.urls import path

from vitrina.imagery import views

urlpatterns = [
    path("pictures/", views.images_page, name="images"),
    path("pictures/<int:pk>/", views.image_page, name="image"),
    path("pictures/<int:pk>/tile", views.image_tile, name="image_tile"),
    path("pictures/<int:pk>/beside/<int:other>/", views.image_comparison, name="image_comparison"),
    path("pictures/<int:pk>/download", views.image_download, name="image_download"),
    path("media/images/<int:pk>/<slug:digest>/<slug:size>", views.image_file, name="image_file"),
]
