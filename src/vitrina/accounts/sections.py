"""The sections of Settings, by name: rooms above add theirs when the program starts (`AppConfig.ready`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Membership, User
from vitrina.accounts.roles import Right, roles_with


class Group(IntEnum):
    """Whose settings these are, in the order of the list."""

    PERSON = 1
    SELLER = 2
    INSTALLATION = 3


GROUP_NAMES = {
    Group.PERSON: _("You"),
    Group.SELLER: _("Sellers"),
    Group.INSTALLATION: _("Installation"),
}


def everybody(user: User) -> bool:
    return True


def sellers_admins(user: User) -> bool:
    """Who manages at least one seller. One query, kept with the person; none for a superuser."""
    if user.is_superuser:
        return True
    kept = user.__dict__
    if "_manages_a_seller" not in kept:
        kept["_manages_a_seller"] = Membership.objects.filter(
            user=user, role__in=roles_with(Right.MANAGE_SELLER)
        ).exists()
    return bool(kept["_manages_a_seller"])


def superusers(user: User) -> bool:
    return user.is_superuser


@dataclass(frozen=True)
class Section:
    """`name` is the name of its route, "settings_engine"; its other pages' routes begin with it.

    `shown_to` only decides what stands in the list: the page itself still asks for the right.
    """

    name: str
    title: Any
    words: Any  # one line: what is found there
    icon: str
    group: Group
    place: int = 50  # within the group, smallest first
    shown_to: Callable[[User], bool] = everybody


_sections: dict[str, Section] = {}


def add(section: Section) -> None:
    """ValueError when the name is not a settings route or is taken by another section."""
    if not section.name.startswith("settings_"):
        raise ValueError(f"A section's route begins with settings_: {section.name}.")
    if _sections.setdefault(section.name, section) != section:
        raise ValueError(f"There is a section {section.name} already.")


def known(name: str) -> bool:
    return name in _sections


def shown_to(user: User) -> list[Section]:
    found = [section for section in _sections.values() if section.shown_to(user)]
    return sorted(found, key=lambda section: (section.group, section.place, section.name))
