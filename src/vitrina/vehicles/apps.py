from __future__ import annotations

from django.apps import AppConfig


class VehiclesConfig(AppConfig):
    name = "vitrina.vehicles"
    label = "vehicles"
