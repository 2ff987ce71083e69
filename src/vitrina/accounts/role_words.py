"""Roles and scopes as people read them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vitrina.accounts.roles import Right, Role

# name, what it may do
ROLE_WORDS: dict[str, tuple[Any, Any]] = {
    Role.ADMIN: (_("Administrator"), _("everything, people and the seller's settings included")),
    Role.CATALOGUE_MANAGER: (_("Catalogue manager"), _("imports, enriches, edits, moderates, exports")),
    Role.MODERATOR: (_("Moderator"), _("decides what is doubtful")),
    Role.SUPPORT_OPERATOR: (_("Support operator"), _("answers customers")),
    Role.ILLUSTRATOR: (_("Illustrator"), _("makes pictures")),
    Role.READ_ONLY: (_("Reader"), _("sees everything, changes nothing")),
}
# Replying and illustrating have no pages yet: a role that opens nothing more than reading is not offered.
OFFERED = (Role.ADMIN, Role.CATALOGUE_MANAGER, Role.MODERATOR, Role.READ_ONLY)

SCOPE_WORDS: dict[str, Any] = {
    Right.VIEW: _("Read products, runs, jobs, statistics"),
    Right.IMPORT: pgettext_lazy("scope", "Import feeds"),
    Right.ENRICH: _("Start and undo runs"),
    Right.EDIT_CATALOGUE: _("Edit products, categories, templates"),
    Right.EXPORT: _("Export cards"),
    Right.MODERATE: _("Decide in moderation"),
    Right.REPLY: _("Reply to customers"),
    Right.ILLUSTRATE: _("Make pictures"),
    Right.MANAGE_JOBS: _("Pause, resume and retry jobs"),
    Right.MANAGE_SELLER: _("Manage the seller, its marketplaces and webhooks"),
    "metrics": _("Read the installation's metrics"),
}


def role_name(role: str) -> str:
    return str(ROLE_WORDS[role][0]) if role in ROLE_WORDS else role


def role_choices(*, besides: str = "") -> list[tuple[str, str]]:
    """The roles to choose from; `besides` is one that a member has already."""
    offered = [*OFFERED, *([besides] if besides and besides not in OFFERED else [])]
    return [(role, role_name(role)) for role in offered]


def told_role_choices() -> list[tuple[str, str]]:
    """The same with what each may do."""
    return [(role, f"{ROLE_WORDS[role][0]}: {ROLE_WORDS[role][1]}") for role in OFFERED]
