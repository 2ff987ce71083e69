from __future__ import annotations

from django.apps import AppConfig


class RestConfig(AppConfig):
    name = "vitrina.rest"
    label = "rest"
