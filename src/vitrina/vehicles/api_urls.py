from __future__ import annotations

from django.urls import path

from vitrina.vehicles import api, api_series

urlpatterns = [
    path("vehicles", api.VehiclesDoor.as_view(), name="api_vehicles"),
    path("vehicles/ad", api.AdDoor.as_view(), name="api_vehicle_ad"),
    path("vehicles/<int:pk>", api.VehicleDoor.as_view(), name="api_vehicle"),
    path("vehicles/<int:pk>/photo", api.VehiclePhotoDoor.as_view(), name="api_vehicle_photo"),
    path("vehicles/<int:pk>/images", api.VehicleImagesDoor.as_view(), name="api_vehicle_images"),
    path("vehicles/<int:pk>/series", api_series.VehicleSeriesDoor.as_view(), name="api_vehicle_series"),
    path("vehicles/series/<int:pk>", api_series.CarSeriesDoor.as_view(), name="api_car_series"),
    path("vehicles/series/<int:pk>/angles", api_series.CarAnglesDoor.as_view(), name="api_car_angles"),
    path("vehicles/series/<int:pk>/uploads", api_series.CarUploadsDoor.as_view(), name="api_car_uploads"),
    path("vehicles/series/<int:pk>/archive", api_series.CarArchiveDoor.as_view(), name="api_car_archive"),
]
