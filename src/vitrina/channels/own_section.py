"""The section that this room has in Settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from vitrina.accounts.sections import Group, Section, add, sellers_admins

add(
    Section(
        "settings_channels",
        _("Marketplaces"),
        _("Where buyers' reviews, questions and chats are read and answered"),
        "link",
        Group.SELLER,
        place=60,
        shown_to=sellers_admins,
    )
)
