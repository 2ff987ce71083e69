from __future__ import annotations

from django.apps import AppConfig


class ImageryConfig(AppConfig):
    name = "vitrina.imagery"
    label = "imagery"
