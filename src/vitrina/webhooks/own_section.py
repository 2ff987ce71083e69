"""The section that this room has in Settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from vitrina.accounts.sections import Group, Section, add, sellers_admins

add(
    Section(
        "settings_webhooks",
        _("Webhooks"),
        _("News of the studio for your other programs"),
        "send-horizontal",
        Group.SELLER,
        place=70,
        shown_to=sellers_admins,
    )
)
