from __future__ import annotations

from django.urls import path

from vitrina.imagery import api, api_series

urlpatterns = [
    path("images", api.ImagesDoor.as_view(), name="api_images"),
    path("images/series", api_series.ImageSeriesListDoor.as_view(), name="api_image_series_list"),
    path("images/series/<int:pk>", api_series.ImageSeriesDoor.as_view(), name="api_image_series"),
    path("images/<int:pk>", api.ImageDoor.as_view(), name="api_image"),
    path("images/services", api.ImageServicesDoor.as_view(), name="api_image_services"),
    path("images/<int:pk>/redo", api.ImageRedoDoor.as_view(), name="api_image_redo"),
    path("images/<int:pk>/<slug:size>", api.ImageFileDoor.as_view(), name="api_image_file"),
]
