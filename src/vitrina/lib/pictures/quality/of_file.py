"""What the bytes tell that came, before or instead of pixels. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.lib.pictures.kinds import NO_PICTURE
from vitrina.lib.pictures.prepared import PictureRefused
from vitrina.lib.pictures.quality import issues
from vitrina.lib.pictures.quality.judged import Issue
from vitrina.lib.pictures.quality.placeholders import KNOWN, Placeholder, known_bytes

LEAST_BYTES, MOST_BYTES = 10 * 1024, 10 * 1024 * 1024


def of_the_file(data: bytes, known: Sequence[Placeholder] = KNOWN) -> list[Issue]:
    """What the bytes tell before anybody opens them."""
    found = []
    if known_bytes(data, known) is not None:
        found.append(issues.placeholder())
    if len(data) < LEAST_BYTES:
        found.append(issues.tiny_file(len(data) // 1024, LEAST_BYTES // 1024))
    if len(data) > MOST_BYTES:
        found.append(issues.huge_file(len(data) // 1024**2, MOST_BYTES // 1024**2))
    return found


def refusal(refused: PictureRefused) -> Issue:
    """A file that can't be opened, as an issue."""
    make = issues.not_a_picture if refused.sentence in NO_PICTURE else issues.broken
    return make(refused.sentence, dict(refused.values))
