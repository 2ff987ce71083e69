"""What the simulated model sees of the pictures in a request: their colours from their own bytes, and what it was told.

No model is here that could read: whoever tests tells by `POST /_sights {"SHA-256 of the bytes": {"item_type": "платье",
"text_in_picture": ["…"]}}` what an eye would see in a picture, and the answer holds it only if those very bytes arrive.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import Image

from vitrina.lib.pictures.colors import color
from vitrina.lib.pictures.measuring import measure

PICTURE_TOKENS = 1000
_LEAST_SHARE = 0.1


@dataclass(frozen=True)
class Sight:
    """One picture. `number` counts from 1 in the order of the request; `told`: field → what is there to be seen."""

    number: int
    digest: str
    colours: tuple[tuple[str, str], ...]  # (palette id, hex), the largest first
    told: Mapping[str, Any] = field(default_factory=dict)


def sights_of(messages: list[dict[str, Any]], told: Mapping[str, Mapping[str, Any]]) -> tuple[Sight, ...]:
    """Raises what the picture library raises for bytes that are no picture, as a server would refuse them."""
    found = []
    for number, data in enumerate(_pictures(messages), start=1):
        digest = hashlib.sha256(data).hexdigest()
        found.append(Sight(number, digest, _colours(data), told.get(digest, {})))
    return tuple(found)


def without_pictures(messages: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """The messages with their words alone, and how many pictures they had."""
    count, plain = 0, []
    for message in messages:
        content = message.get("content")
        if isinstance(content, list):
            words = [part for part in content if part.get("type") != "image_url"]
            count += len(content) - len(words)
            message = {**message, "content": words}
        plain.append(message)
    return plain, count


def seen(sights: Sequence[Sight], field_name: str) -> list[dict[str, Any]]:
    """What the pictures show of one field: [{"name" | "value", "hex", "picture"}]; empty where nothing is."""
    if "colour" in field_name or "color" in field_name:
        return [
            {"name": color(name).ru, "value": color(name).ru, "hex": hex_, "picture": sight.number}
            for sight in sights
            for name, hex_ in sight.colours[:1]
        ]
    return [
        {"name": one, "value": one, "picture": sight.number}
        for sight in sights
        for one in _as_list(sight.told.get(field_name))
    ]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _pictures(messages: list[dict[str, Any]]) -> list[bytes]:
    found = []
    for message in messages:
        content = message.get("content")
        for part in content if isinstance(content, list) else []:
            url = part.get("image_url", {}).get("url", "") if part.get("type") == "image_url" else ""
            if url.startswith("data:image/"):
                found.append(base64.b64decode(url.partition(",")[2], validate=True))
    return found


def _colours(data: bytes) -> tuple[tuple[str, str], ...]:
    with Image.open(BytesIO(data)) as image:
        measured = measure(image.convert("RGB"))
    return tuple((one["name"], one["hex"]) for one in measured["colors"] if one["share"] >= _LEAST_SHARE)
