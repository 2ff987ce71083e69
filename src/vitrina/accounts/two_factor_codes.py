"""Codes of the second factor as pure arithmetic: which time step a code is of, recovery codes, the app's address."""

from __future__ import annotations

import base64
import hashlib
import secrets
from urllib.parse import quote, urlencode

from django_otp.oath import hotp

STEP_SECONDS = 30
TOLERANCE = 1  # steps: clocks of phones are up to half a minute off
RECOVERY_CODES = 10
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 of them; l, o, 0 and 1 are taken for one another


def new_secret() -> str:
    """160 random bits in base32, as RFC 4226 wants them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_of(code: str, secret: str, now: float, *, after: int = 0) -> int | None:
    """The time step that this code belongs to, newer than `after`; None when it is of none that holds now."""
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    current = int(now) // STEP_SECONDS
    for step in range(current - TOLERANCE, current + TOLERANCE + 1):
        if step > after and secrets.compare_digest(code_at(secret, step), code):
            return step
    return None


def code_at(secret: str, step: int) -> str:
    return f"{hotp(base64.b32decode(secret), step):06d}"


def new_recovery_codes() -> list[str]:
    """Ten codes of 80 random bits: «k3f5-…», without letters that are taken for one another."""
    return ["-".join(_group() for _ in range(4)) for _ in range(RECOVERY_CODES)]


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(4))


def folded(code: str) -> str:
    """What was typed, without spaces, dashes and capitals."""
    return "".join(letter for letter in code.lower() if letter.isalnum())[:64]


def digest(recovery_code: str) -> str:
    return hashlib.sha256(folded(recovery_code).encode()).hexdigest()


def app_address(secret: str, *, name: str, issuer: str) -> str:
    """`otpauth://…`, what the QR code says to the app."""
    return f"otpauth://totp/{quote(f'{issuer}:{name}', safe='')}?{urlencode({'secret': secret, 'issuer': issuer})}"
