"""The section that this room has in Settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from vitrina.accounts.sections import Group, Section, add, superusers

add(
    Section(
        "settings_pictures",
        _("Picture services"),
        _("Who draws, in which order, how well and how fast"),
        "image",
        Group.INSTALLATION,
        place=15,
        shown_to=superusers,
    )
)
