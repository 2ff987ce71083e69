"""What buyers sent along, as it may be shown. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def files(attachments: Any) -> list[dict[str, str]]:
    """Name and address of each; only what a browser may open safely has an address."""
    found = []
    for one in attachments if isinstance(attachments, list) else []:
        url = str(one.get("url", "")) if isinstance(one, Mapping) else ""
        is_safe = url.lower().startswith(("https://", "http://"))
        name = str(one.get("name", "")) if isinstance(one, Mapping) else ""
        found.append({"name": name or url.rsplit("/", 1)[-1][:80], "url": url if is_safe else ""})
    return found
