"""The key under which an equal picture is found again. Pure.

Words that only praise («masterpiece», «8k») don't make another picture of it, nor do case and spaces.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

import orjson

from vitrina.imagery.ports import Order

# Words of praise that every prompt may carry; each stands as a whole part between commas, or as words of one.
QUALITY_WORDS = (
    "masterpiece", "best quality", "high quality", "highest quality", "top quality", "ultra quality", "very detailed",
    "highly detailed", "ultra detailed", "extremely detailed", "intricate details", "sharp focus", "high resolution",
    "ultra high resolution", "absurdres", "award winning", "award-winning", "professional", "stunning", "4k", "8k", "uhd",
    "hdr", "hd",
)  # fmt: skip
_QUALITY = re.compile(
    r"(?<![\w-])(?:" + "|".join(sorted(map(re.escape, QUALITY_WORDS), key=len, reverse=True)) + r")(?![\w-])"
)
_SPACES = re.compile(r"\s+")
_LONE_MARKS = re.compile(r"(?:\s*[,;.]\s*)+")


def key_of(order: Order, service: str, recipe: str, version: str) -> str:
    """64 hex digits over everything that shapes the picture."""
    told = [
        recipe,
        version,
        service,
        order.model,
        normalised(order.prompt),
        normalised(order.negative),
        order.width,
        order.height,
        order.ratio,
        order.seed,
        order.guidance,
        order.steps,
        order.is_high_quality,
        sorted(reference.digest for reference in order.references),
    ]
    return hashlib.sha256(orjson.dumps(told)).hexdigest()


def normalised(words: str) -> str:
    """«Old  Castle, 8K,  Masterpiece» → «old castle»."""
    plain = _SPACES.sub(" ", unicodedata.normalize("NFC", words).casefold())
    parts = _LONE_MARKS.split(_QUALITY.sub(" ", plain))
    return ", ".join(part for part in (_SPACES.sub(" ", part).strip() for part in parts) if part)
