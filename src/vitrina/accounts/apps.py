from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "vitrina.accounts"
    label = "accounts"

    def ready(self) -> None:
        from vitrina.accounts import own_sections, two_factor  # noqa: F401 - registers the room's sections of Settings
        from vitrina.lib.resealing import places

        places.append(two_factor.SECRETS)
