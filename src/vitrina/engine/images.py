"""A picture that goes to a vision model with a prompt."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class ImagePart:
    """Bytes of one picture, already resized and re-encoded by the asker; `media_type` as in "image/jpeg"."""

    data: bytes
    media_type: str = "image/jpeg"

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def data_url(self) -> str:
        return f"data:{self.media_type};base64,{b64encode(self.data).decode()}"
