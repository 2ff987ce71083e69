"""Secrets that are stored: sealed with AES-256-GCM under keys derived from the installation's secret.

A sealed text is `1.<key id>.<nonce and ciphertext, base64>`. The key id tells which secret sealed it, so that the
installation's secret can be changed: the newest seals, every known one opens, and what an older one sealed is sealed
anew by `resealed`. `purpose` separates the keys of rooms; `about` ties a sealed text to its place, so that a row's
secret copied into another row doesn't open there.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = "1"
_NONCE_BYTES = 12


class NotOpened(Exception):
    """The sealed text is damaged, belongs elsewhere, or its secret is no longer known. Says nothing of its content."""


class Sealer:
    """`secrets`: the newest first; the first seals, all open."""

    def __init__(self, secrets: Sequence[str], purpose: str) -> None:
        if not secrets or not all(secrets):
            raise ValueError("A sealer needs at least one secret, and no empty one.")
        keys = [_derived(secret, purpose) for secret in secrets]
        self._newest = keys[0][0]
        self._keys = {name: AESGCM(key) for name, key in reversed(keys)}

    def seal(self, text: str, *, about: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._keys[self._newest].encrypt(nonce, text.encode(), self._bound(self._newest, about))
        return f"{_VERSION}.{self._newest}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *, about: str) -> str:
        """Raises NotOpened."""
        version, _, rest = sealed.partition(".")
        name, _, packed = rest.partition(".")
        key = self._keys.get(name)
        if version != _VERSION or key is None:
            raise NotOpened("It was sealed under a secret that this installation doesn't know.")
        try:
            raw = urlsafe_b64decode(packed.encode())
            return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], self._bound(name, about)).decode()
        except (InvalidTag, NotBase64, ValueError):
            raise NotOpened("It is damaged, or was sealed for another place.") from None

    def is_newest(self, sealed: str) -> bool:
        return sealed.startswith(f"{_VERSION}.{self._newest}.")

    def resealed(self, sealed: str, *, about: str) -> str:
        """The same secret under the newest key; unchanged where it is already. Raises NotOpened."""
        return sealed if self.is_newest(sealed) else self.seal(self.open(sealed, about=about), about=about)

    @staticmethod
    def _bound(name: str, about: str) -> bytes:
        return f"{_VERSION}|{name}|{about}".encode()


def sealer(purpose: str) -> Sealer:
    """This installation's sealer of a purpose, "engine.keys" or "webhooks.secrets": from SECRET_KEY and its fallbacks."""
    return _sealer((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS), purpose)


def ending(secret: str) -> str:
    """What may be shown of a secret: its last four characters, nothing of one that is short."""
    return secret[-4:] if len(secret) >= 16 else ""


@lru_cache(maxsize=64)
def _sealer(secrets: tuple[str, ...], purpose: str) -> Sealer:
    return Sealer(secrets, purpose)


def _derived(secret: str, purpose: str) -> tuple[str, bytes]:
    """(key id, key). The id is a hash of the key, which tells nothing of it."""
    key = HKDF(SHA256(), 32, salt=b"vitrina.sealing", info=purpose.encode()).derive(secret.encode())
    digest = Hash(SHA256())
    digest.update(b"id" + key)
    return digest.finalize().hex()[:8], key
