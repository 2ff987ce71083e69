"""The key of a paid answer: the hash of everything that shaped it. Equal keys may share an answer, unequal never do."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson


def common_part(
    *,
    system: str,
    turns: Sequence[Any],
    images: Sequence[str],
    schema_digest: str,
    temperature: float | None,
    output_limit: int | None,
    prompt_version: str,
) -> bytes:
    """What all models of a route share. `images`: digests."""
    return orjson.dumps(
        [system, list(turns), list(images), schema_digest, temperature, output_limit, prompt_version]
    )


def call_key(common: bytes, *, provider: str, base_url: str, model: str, force: str = "") -> str:
    """Hex SHA-256. `force`: empty, or what sets a forced call apart (its job)."""
    digest = hashlib.sha256(orjson.dumps([provider, base_url, model, force]))
    digest.update(common)
    return digest.hexdigest()
