from __future__ import annotations

from django.apps import AppConfig


class EngineConfig(AppConfig):
    name = "vitrina.engine"
    label = "engine"

    def ready(self) -> None:
        from vitrina.engine import (  # noqa: F401 - importing registers them
            checks,
            jobs,
            overrides,
            own_sections,
        )
        from vitrina.lib.resealing import places

        places.append(overrides.KEYS)
