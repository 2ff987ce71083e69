"""Whether a place that suddenly shows little is to be believed. Pure."""

from __future__ import annotations

from vitrina.catalog.listing import Remark
from vitrina.catalog.sources.troubles import EMPTY, SHRANK
from vitrina.lib.sentences import gettext_noop

# Fewer products than this may go up and down as they like.
TOO_FEW_TO_JUDGE = 6
LEAST_SHARE = 3  # less than a third of what was there before

NOTHING = gettext_noop("It shows no products at all. Nothing was changed; the catalogue is as it was.")
LITTLE = gettext_noop(
    "It shows %(now)s products, and %(before)s the time before. Nothing was changed; the catalogue is as it was."
)


def doubt(before: int | None, now: int) -> tuple[str, Remark] | None:
    """The kind of trouble and its words; None: it is believed. `before`: None where nothing was seen yet."""
    if now == 0:
        return EMPTY, Remark(NOTHING)
    if before is not None and before >= TOO_FEW_TO_JUDGE and now * LEAST_SHARE < before:
        return SHRANK, Remark(LITTLE, {"now": now, "before": before})
    return None


def enough(before: int | None) -> int:
    """So many need no doubt, however many more follow: where counting costs, it may end there."""
    return max(1, -(-(before or 0) // LEAST_SHARE))
