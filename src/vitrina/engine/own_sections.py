"""The sections that this room has in Settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from vitrina.accounts.sections import Group, Section, add, superusers

add(
    Section(
        "settings_engine",
        _("Models and providers"),
        _("Which model does which task, keys, health"),
        "sparkles",
        Group.INSTALLATION,
        place=10,
        shown_to=superusers,
    )
)

add(
    Section(
        "settings_prices",
        _("Prices of models"),
        _("What a million tokens costs, and which prices are unknown"),
        "tag",
        Group.INSTALLATION,
        place=20,
        shown_to=superusers,
    )
)
add(
    Section(
        "settings_plans",
        _("Budget and plans"),
        _("What may be spent and used, by whom"),
        "coins",
        Group.INSTALLATION,
        place=30,
        shown_to=superusers,
    )
)
add(
    Section(
        "settings_runtime",
        _("Running values"),
        _("Thresholds and terms that change without a restart"),
        "gauge",
        Group.INSTALLATION,
        place=40,
        shown_to=superusers,
    )
)
add(
    Section(
        "settings_usage",
        _("Usage"),
        _("What is used of every limit, and when it begins anew"),
        "activity",
        Group.SELLER,
        place=60,
    )
)
