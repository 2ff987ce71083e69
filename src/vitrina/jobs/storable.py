"""Text as every database takes it: PostgreSQL refuses NUL and lone surrogates at the moment of saving."""

from __future__ import annotations


def storable(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
