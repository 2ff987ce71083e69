from __future__ import annotations

from django.urls import path

from vitrina.console import api

urlpatterns = [
    path("usage", api.UsageDoor.as_view(), name="api_usage"),
    path("settings", api.SettingsDoor.as_view(), name="api_settings"),
]
