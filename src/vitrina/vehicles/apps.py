from __future__ import annotations

from django.apps import AppConfig


class VehiclesConfig(AppConfig):
    name = "vitrina.vehicles"
    label = "vehicles"

    def ready(self) -> None:
        from django.urls import reverse
        from django.utils.translation import gettext
        from django.utils.translation import gettext_lazy as _

        from vitrina.imagery import ending, subjects
        from vitrina.vehicles import angles, series

        ending.when_ended["vehicles"] = series.picture_ended
        subjects.known(
            "vehicle",
            subjects.Kind(
                _("car"),
                lambda pk: reverse("vehicle", args=[pk]),
                lambda part: gettext(angles.angle(part).name),
            ),
        )
