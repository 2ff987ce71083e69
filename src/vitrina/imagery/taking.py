"""Take the picture out of a service's answer: base64 or bytes, whatever the service called them, become a `Drawn`."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vitrina.imagery.judging import Told, Trouble, fault
from vitrina.imagery.ports import Drawn, Order
from vitrina.imagery.wire import LARGE_BYTES
from vitrina.lib.pictures.kinds import MEDIA_TYPES, kind_of
from vitrina.lib.pictures.prepared import PictureRefused
from vitrina.lib.pictures.sides import sides

MOST_TOKENS = 10**9


async def taken(
    service: str,
    found: object,
    order: Order,
    *,
    model: str = "",
    cost: Decimal | None = None,
    seed: int | None = None,
    tokens: tuple[int, int] | None = None,
    revised_prompt: str = "",
    request_id: str = "",
    notes: tuple[str, ...] = (),
) -> Drawn:
    """`found`: bytes, or base64 as text, also as a data URL. Raises ServiceFault where it is no picture.

    `service`: its title. What the picture shows, and whether it can be decoded to its end, is the quality check's to say.
    """
    is_large = isinstance(found, str | bytes) and len(found) >= LARGE_BYTES
    told = await asyncio.to_thread(_looked_at, found) if is_large else _looked_at(found)
    if isinstance(told, str):
        paid = Told(200, why=told, request_id=request_id, was_paid=None if cost is None else cost > 0)
        raise fault(Trouble.NO_PICTURE, paid, service=service)
    data, kind, size = told
    if size is not None and size != (order.width, order.height):
        wanted = f"{order.width}x{order.height}"
        notes = (*notes, f"{service} drew {size[0]}x{size[1]} pixels instead of {wanted}.")
    return Drawn(
        data,
        MEDIA_TYPES[kind],
        model or order.model,
        cost=cost,
        seed=seed,
        tokens=tokens,
        revised_prompt=revised_prompt,
        request_id=request_id,
        notes=notes,
    )


def _looked_at(found: object) -> tuple[bytes, str, tuple[int, int] | None] | str:
    """The bytes, their kind and sides; a word where there is no picture."""
    if isinstance(found, str):
        encoded = found.partition(",")[2] if found.startswith("data:") else found
        try:
            found = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return "broken base64"
    if not isinstance(found, bytes) or not found:
        return "nothing in it"
    try:
        kind = kind_of(found)
    except PictureRefused:
        return "no picture"
    return found, kind, sides(found, kind)


def part(body: Any, *path: str | int) -> Any:
    """What stands at a place of an answer; None where anything on the way is otherwise."""
    for step in path:
        if isinstance(step, str):
            body = body.get(step) if isinstance(body, Mapping) else None
        elif isinstance(body, list) and len(body) > step:
            body = body[step]
        else:
            return None
    return body


def text(value: object, most: int = 2000) -> str:
    """What a service said, where a text is expected. Never a lone half of a character: no database keeps it."""
    return value[:most].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def count(value: object) -> int | None:
    """A number of tokens; None where none is told."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS
    return value if is_count else None  # type: ignore[return-value]
