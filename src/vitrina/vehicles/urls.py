from __future__ import annotations

from django.urls import path

from vitrina.vehicles import series_views, views

urlpatterns = [
    path("vehicles/", views.vehicles_page, name="vehicles"),
    path("vehicles/addition", views.vehicle_addition, name="vehicle_addition"),
    path("vehicles/<int:pk>/", views.vehicle_page, name="vehicle"),
    path("vehicles/<int:pk>/change", views.vehicle_change, name="vehicle_change"),
    path("vehicles/<int:pk>/removal", views.vehicle_removal, name="vehicle_removal"),
    path("vehicles/<int:pk>/photo", views.vehicle_photo, name="vehicle_photo"),
    path("vehicles/<int:pk>/series", series_views.vehicle_series, name="vehicle_series"),
    path("vehicles/series/<int:pk>/angles", series_views.car_angle, name="car_angle"),
    path("vehicles/series/<int:pk>/missing", series_views.car_missing, name="car_missing"),
    path("vehicles/series/<int:pk>/uploads", series_views.car_upload, name="car_upload"),
    path("vehicles/series/<int:pk>/comparison", series_views.car_comparison, name="car_comparison"),
    path("vehicles/series/<int:pk>/archive", series_views.car_archive, name="car_archive"),
    path(
        "media/vehicles/<int:pk>/<slug:digest>/<slug:size>",
        views.vehicle_photo_file,
        name="vehicle_photo_file",
    ),
]
