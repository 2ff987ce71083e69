from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The switchboard is an app only to carry the commands that put the whole house together."""

    name = "vitrina.config"
    label = "config"
