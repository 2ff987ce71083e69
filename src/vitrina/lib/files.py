"""Where feeds, exports and pictures are kept: the installation's storage, under names that nobody can guess."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path

from django.conf import settings

from vitrina.lib.storage import DiskStorage, S3Storage, Storage


def storage() -> Storage:
    return _storage(str(settings.MEDIA_ROOT), settings.PICTURES_URL, settings.R2_BUCKET_NAME)


@cache
def _storage(root: str, base_url: str, bucket: str) -> Storage:
    if not bucket:
        return DiskStorage(Path(root), base_url or "/media/")
    return S3Storage(
        bucket,
        endpoint_url=settings.R2_ENDPOINT_URL or None,
        access_key_id=settings.R2_ACCESS_KEY_ID,
        secret_access_key=settings.R2_SECRET_ACCESS_KEY,
        public_url=settings.R2_PUBLIC_URL,
    )


def new_name(folder: str, suffix: str) -> str:
    """`feeds/3f…e1.yml`: the given name is kept in the row, not in the path."""
    clean = "".join(letter for letter in suffix.lower() if letter.isalnum())[:10]
    return f"{folder}/{secrets.token_hex(16)}" + (f".{clean}" if clean else "")
