"""Signing a body and checking a signature, as Standard Webhooks describe it. Pure.

webhook-id:        one per event, the same in every repetition
webhook-timestamp: seconds since 1970 when this try was sent
webhook-signature: "v1,<base64 of HMAC-SHA256 over id.timestamp.body>", one per valid secret, split by spaces

The convention is described at https://www.standardwebhooks.com (read 2026-11).
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from hashlib import sha256

PREFIX = "whsec_"
SECRET_BYTES = 32
TOLERANCE_SECONDS = 300


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(event_id: str, timestamp: int, body: bytes, signing: Iterable[str]) -> dict[str, str]:
    """The three headers of one try. Several secrets give several signatures: a receiver needs one that fits."""
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(event_id, timestamp, body, secret) for secret in signing),
    }


def signature(event_id: str, timestamp: int, body: bytes, secret: str) -> str:
    signed = b"%s.%d.%s" % (event_id.encode(), timestamp, body)
    return "v1," + b64encode(hmac.digest(key_of(secret), signed, sha256)).decode()


def is_genuine(sent: Mapping[str, str], body: bytes, secret: str, *, now: float) -> bool:
    """What a receiver asks: signed with this secret, and not five minutes old. Header names in lower case."""
    try:
        timestamp = int(sent["webhook-timestamp"])
        right = signature(sent["webhook-id"], timestamp, body, secret)
        given = sent["webhook-signature"].split(" ")
    except (KeyError, ValueError):
        return False
    if abs(now - timestamp) > TOLERANCE_SECONDS:
        return False
    return any(hmac.compare_digest(one.encode(), right.encode()) for one in given)


def key_of(secret: str) -> bytes:
    """The bytes behind a written secret. Raises ValueError."""
    try:
        return b64decode(secret.removeprefix(PREFIX), validate=True)
    except NotBase64 as error:
        raise ValueError("A secret is whsec_ and base64.") from error
