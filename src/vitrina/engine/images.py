"""A picture that goes to a vision model with a prompt."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class ImagePart:
    """One picture, already resized and re-encoded by the asker; `media_type` as in "image/jpeg".

    `source`: its bytes, or what reads them. It is asked once, in the asker's thread, and only where a model is to see
    the picture; what it raises comes out of `ask`.
    """

    source: bytes | Callable[[], bytes]
    media_type: str = "image/jpeg"

    @cached_property
    def data(self) -> bytes:
        return self.source if isinstance(self.source, bytes) else self.source()

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def data_url(self) -> str:
        return f"data:{self.media_type};base64,{b64encode(self.data).decode()}"
