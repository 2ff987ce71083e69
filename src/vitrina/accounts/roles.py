"""What each role may do: a pure table, asked by pages, API and commands alike."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    ADMIN = "admin"
    CATALOGUE_MANAGER = "catalogue_manager"
    MODERATOR = "moderator"
    SUPPORT_OPERATOR = "support_operator"
    ILLUSTRATOR = "illustrator"
    READ_ONLY = "read_only"


class Right(StrEnum):
    """A right within one seller. `VIEW` comes with every membership."""

    VIEW = "view"
    IMPORT = "import"
    ENRICH = "enrich"
    EDIT_CATALOGUE = "edit_catalogue"
    EXPORT = "export"
    MODERATE = "moderate"
    REPLY = "reply"
    ILLUSTRATE = "illustrate"
    MANAGE_JOBS = "manage_jobs"
    MANAGE_SELLER = "manage_seller"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.CATALOGUE_MANAGER: frozenset(
        {
            Right.VIEW,
            Right.IMPORT,
            Right.ENRICH,
            Right.EDIT_CATALOGUE,
            Right.EXPORT,
            Right.MODERATE,
            Right.MANAGE_JOBS,
        }
    ),
    Role.MODERATOR: frozenset({Right.VIEW, Right.MODERATE}),
    Role.SUPPORT_OPERATOR: frozenset({Right.VIEW, Right.REPLY}),
    Role.ILLUSTRATOR: frozenset({Right.VIEW, Right.ILLUSTRATE}),
    Role.READ_ONLY: frozenset({Right.VIEW}),
}


def allows(role: str, right: Right) -> bool:
    """Whether `role` carries `right`. A role this version doesn't know carries nothing."""
    try:
        return right in RIGHTS[Role(role)]
    except ValueError:
        return False


def roles_with(right: Right) -> list[str]:
    return [role.value for role, rights in RIGHTS.items() if right in rights]
