"""Who else has an interaction open, and whether they write. Told as it changes; nothing is locked by it.

Each window of a browser renews its row; a window that went without a word is swept by the next beat of anybody's.
A beat that tells nothing new writes a row at most every `RENEWED` and tells nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypedDict

from django.db import transaction
from django.utils import timezone

from vitrina.accounts.models import User
from vitrina.inbox.models import Interaction, Presence
from vitrina.jobs import events
from vitrina.lib.transactions import short_transaction

BEAT = timedelta(seconds=20)  # how often a page tells that it is open
RENEWED = timedelta(seconds=8)  # the soonest that a row is written again for nothing new
# Two beats may be lost. A browser lets the clock of a tab out of sight run once a minute: after a while it counts as left.
GONE = timedelta(seconds=50)
TYPES = timedelta(seconds=12)  # from the last word of it; a page that is typed in says so every 8 s
LONGEST_WINDOW = 40
MOST_SWEPT = 100  # rows in one beat


class Colleague(TypedDict):
    """`since`: ISO 8601, when the first of their windows came."""

    id: int
    name: str
    since: str
    types: bool


def beat(user: User, window: str, interaction: Interaction | None, *, types: bool = False) -> None:
    """A window has this interaction open, or None. Two or three queries; writes only what is new."""
    now = timezone.now()
    row = Presence.objects.filter(user=user, window=window).select_related("interaction").first()
    if interaction is None:
        if row is not None:
            _leave(row)
    elif row is None or row.interaction_id != interaction.pk:
        _come(user, window, interaction, now, types=types, left=row.interaction if row else None)
    elif _types(row, now) != types or (row.seen_at < now - RENEWED):
        _renew(row, interaction, now, types=types)
    _sweep(now)


def colleagues(interactions: Iterable[int], *, besides: User | None = None) -> dict[int, list[Colleague]]:
    """Who has them open now, the first who came first; one entry for all windows of a person. One query."""
    now = timezone.now()
    rows = Presence.objects.filter(interaction__in=list(interactions), seen_at__gt=now - GONE)
    if besides is not None:
        rows = rows.exclude(user=besides)
    found: dict[int, dict[int, Colleague]] = {}
    for row in rows.select_related("user").order_by("since", "pk"):
        told = found.setdefault(row.interaction_id, {}).setdefault(
            row.user_id,
            Colleague(
                id=row.user_id,
                name=row.user.get_full_name() or str(row.user),
                since=row.since.isoformat(timespec="seconds"),
                types=False,
            ),
        )
        told["types"] = told["types"] or _types(row, now)
    return {pk: list(people.values()) for pk, people in found.items()}


def _types(row: Presence, now: datetime) -> bool:
    return row.typed_at is not None and row.typed_at > now - TYPES


def _come(
    user: User,
    window: str,
    interaction: Interaction,
    now: datetime,
    *,
    types: bool,
    left: Interaction | None,
) -> None:
    values = {
        "interaction": interaction,
        "since": now,
        "seen_at": now,
        "typed_at": now if types else None,
    }
    with short_transaction():
        Presence.objects.update_or_create(user=user, window=window, defaults=values)
        _tell([interaction, *([left] if left else [])])


def _renew(row: Presence, interaction: Interaction, now: datetime, *, types: bool) -> None:
    is_new = _types(row, now) != types
    with short_transaction():
        Presence.objects.filter(pk=row.pk).update(seen_at=now, typed_at=now if types else None)
        if is_new:
            _tell([interaction])


def _leave(row: Presence) -> None:
    with short_transaction():
        if Presence.objects.filter(pk=row.pk).delete()[0]:
            _tell([row.interaction])


def _sweep(now: datetime) -> None:
    """Windows that went without a word: closed by force, asleep, without a network."""
    gone = list(Presence.objects.filter(seen_at__lt=now - GONE).select_related("interaction")[:MOST_SWEPT])
    if not gone:
        return
    with transaction.atomic():
        still = Presence.objects.filter(pk__in=[row.pk for row in gone], seen_at__lt=now - GONE)
        if still.delete()[0]:
            _tell({row.interaction_id: row.interaction for row in gone}.values())


def _tell(interactions: Iterable[Interaction]) -> None:
    """In the caller's transaction."""
    rows = list(interactions)
    present = colleagues(row.pk for row in rows)
    events.record_many(
        (
            f"seller:{row.seller_id}",
            "presence",
            {"interaction": row.pk, "people": present.get(row.pk, [])},
            None,
        )
        for row in rows
    )
