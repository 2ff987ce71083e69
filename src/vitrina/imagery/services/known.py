"""All picture services that Vitrina knows, in the order in which they are tried where nothing else decides."""

from __future__ import annotations

from vitrina.imagery.ports import Service

SERVICES: tuple[Service, ...] = ()
