"""In which order picture services are asked, and which are switched off: what an operator says while the program runs.

It stands over the order of the installation (`place` and `is_on` in VITRINA_PICTURE_SERVICES); a name that this version
doesn't know is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from vitrina.accounts import runtime_settings
from vitrina.accounts.models import User
from vitrina.accounts.runtime_settings import Setting

ORDER: Setting[str] = runtime_settings.add(
    Setting(
        "pictures.order",
        _("Pictures"),
        _("Order of picture services"),
        _("Names with commas between them; those that are not named come after them. Empty: as installed."),
        "line",
        default=lambda: "",
        most=400,
    )
)
OFF: Setting[str] = runtime_settings.add(
    Setting(
        "pictures.off",
        _("Pictures"),
        _("Picture services that are switched off"),
        _("Names with commas between them."),
        "line",
        default=lambda: "",
        most=400,
    )
)


def order() -> list[str]:
    return _names(runtime_settings.value(ORDER))


def switched_off() -> frozenset[str]:
    return frozenset(_names(runtime_settings.value(OFF)))


def arrange(names: Iterable[str], *, by: User) -> None:
    """All names in the order in which they are asked from now on."""
    runtime_settings.change(ORDER, ", ".join(names), by=by)


def switch(name: str, *, on: bool, by: User) -> None:
    """Twice is once."""
    off = set(switched_off())
    changed = off - {name} if on else off | {name}
    if changed != off:
        runtime_settings.change(OFF, ", ".join(sorted(changed)), by=by)


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))
