"""Names of picture services as people know them."""

from __future__ import annotations

from vitrina.imagery.services.known import SERVICES

TITLES = {service.name: service.title for service in SERVICES}


def service_title(name: str) -> str:
    """One that this version doesn't know by its name in the database."""
    return TITLES.get(name, name)
