from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "vitrina.channels"
    label = "channels"

    def ready(self) -> None:
        from vitrina.channels import jobs, own_section  # noqa: F401 - handlers, a section
        from vitrina.channels.opening import SEALED
        from vitrina.lib.resealing import places

        places.append(SEALED)
