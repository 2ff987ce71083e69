"""Sealing anew what an older secret of the installation sealed, so that the older one can be forgotten.

Rooms that store sealed texts say where, in `places`; nothing here knows who they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from vitrina.lib.sealing import NotOpened, sealer


@dataclass(frozen=True)
class Place:
    """A column of sealed texts, empty where a row has none. `about`: what ties the text of a row to it."""

    purpose: str
    model: type[Model]
    column: str
    about: Callable[[Any], str]


@dataclass
class Resealed:
    anew: int = 0
    already: int = 0
    unopened: list[str] = field(default_factory=list)  # what their texts are about; they stay as they are


places: list[Place] = []


def reseal(place: Place) -> Resealed:
    """May run beside the studio, and twice: a text that changes meanwhile was sealed by the newest secret anyway."""
    keeper, rows, came_of_it = sealer(place.purpose), place.model._default_manager, Resealed()
    for row in rows.exclude(**{place.column: ""}).order_by("pk").iterator():
        before, about = getattr(row, place.column), place.about(row)
        try:
            after = keeper.resealed(before, about=about)
        except NotOpened:
            came_of_it.unopened.append(about)
            continue
        if after == before:
            came_of_it.already += 1
        else:
            mine = rows.filter(**{"pk": row.pk, place.column: before})
            came_of_it.anew += mine.update(**{place.column: after})
    return came_of_it
