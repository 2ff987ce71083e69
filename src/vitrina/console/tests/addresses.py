"""Every address of the matrix that answers to GET, for the objects of a world: what walks over all pages walks over these."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# No pages: a stream, machines' doors, and the way in.
LEFT_OUT = {"live", "health_live", "health_ready", "metrics", "login", "logout"}


def addresses_of(world: Any) -> list[str]:
    from urllib.parse import urlencode

    from django.urls import reverse

    from vitrina.console.tests.test_matrix import MATRIX

    found = []
    for name, route in MATRIX.items():
        if route.method == "GET" and name not in LEFT_OUT and not name.startswith("api"):
            query = urlencode(route.query(world), doseq=True)
            address = reverse(name, kwargs=route.args(world))
            found.append(f"{address}?{query}" if query else address)
    return found


def api_lists() -> list[str]:
    """The lists of the API; what is asked for by id is one row."""
    from django.urls import reverse

    from vitrina.console.tests.test_api_matrix import MATRIX

    return [
        reverse(name)
        for (method, name), row in MATRIX.items()
        if method == "GET" and not row.of_object and not row.is_open
    ]


def keep(folder: Path, **worlds: Any) -> None:
    (folder / "addresses.json").write_text(
        json.dumps({name: addresses_of(world) for name, world in worlds.items()})
    )


def kept(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads((folder / "addresses.json").read_text())
    return found
