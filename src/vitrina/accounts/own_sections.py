"""The sections that this room has in Settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from vitrina.accounts.sections import Group, Section, add, sellers_admins

add(
    Section(
        "settings_account",
        _("My account"),
        _("Name, language and colours"),
        "user",
        Group.PERSON,
        place=10,
    )
)
add(
    Section(
        "settings_security",
        _("Security"),
        _("Password, second factor, open sessions"),
        "shield",
        Group.PERSON,
        place=20,
    )
)
add(
    Section(
        "settings_tokens",
        _("API tokens"),
        _("Keys by which programs work in your name"),
        "key-round",
        Group.PERSON,
        place=30,
    )
)
add(
    Section(
        "settings_people",
        _("People"),
        _("Who belongs to a seller, with which role; invitations"),
        "user",
        Group.SELLER,
        place=10,
        shown_to=sellers_admins,
    )
)
add(
    Section(
        "settings_sellers",
        _("Sellers"),
        _("Name, language, currency, target marketplace"),
        "store",
        Group.SELLER,
        place=20,
        shown_to=sellers_admins,
    )
)
add(
    Section(
        "settings_audit",
        _("Audit log"),
        _("Who decided what, before and after"),
        "scroll-text",
        Group.SELLER,
        place=90,
        shown_to=sellers_admins,
    )
)
