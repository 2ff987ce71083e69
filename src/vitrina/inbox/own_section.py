"""The section that this room has in Settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from vitrina.accounts.sections import Group, Section, add, sellers_admins

add(
    Section(
        "settings_inbox",
        _("Inbox"),
        _("How answers sound, what is drafted ahead, what a rule may send"),
        "inbox",
        Group.SELLER,
        place=60,
        shown_to=sellers_admins,
    )
)
