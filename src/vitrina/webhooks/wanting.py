"""Who wants to hear of what, known for a moment: the question is asked for every product that is enriched."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import NamedTuple

from vitrina.webhooks.models import Endpoint

FRESH_SECONDS = 2.0  # another process's new endpoint may miss that much; this one's own is known at once


class _Known(NamedTuple):
    wanted: Mapping[tuple[int, str], list[int]]  # (seller, kind) → endpoints
    until: float  # time.monotonic()


_known: _Known | None = None


def wanted_by(seller_id: int, kind: str) -> list[int]:
    """The endpoints that want it. One small query every two seconds, none between.

    One that was switched off or removed a moment ago may stand here still. Its row does, too (`endpoints.remove`);
    what is written for it waits with the rest.
    """
    global _known
    known = _known
    if known is None or known.until < time.monotonic():
        wanted: dict[tuple[int, str], list[int]] = {}
        for pk, seller, kinds in Endpoint.objects.on().order_by("pk").values_list("pk", "seller_id", "kinds"):
            for one in kinds:
                wanted.setdefault((seller, one), []).append(pk)
        known = _known = _Known(wanted, time.monotonic() + FRESH_SECONDS)
    return known.wanted.get((seller_id, kind), [])


def forget() -> None:
    """Ask anew next time: an endpoint was changed here."""
    global _known
    _known = None
