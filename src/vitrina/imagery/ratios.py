"""Proportions as people and programs say them: «16:9»."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

OFFERED = ("1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16")
MOST_SIDE = 32
_RATIO = re.compile(r"(\d{1,2})\s*[:x×/]\s*(\d{1,2})", re.ASCII)


def ratio_of(text: str) -> tuple[int, int]:
    """(w, h). Raises ValueError, in the reader's language."""
    found = _RATIO.fullmatch(text.strip())
    sides = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(1 <= side <= MOST_SIDE for side in sides):
        raise ValueError(
            _("Two whole numbers from 1 to %(most)d with a colon between them, like 16:9.")
            % {"most": MOST_SIDE}
        )
    return sides
