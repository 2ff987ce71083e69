"""Reading what is new at a marketplace: page by page, each written down before its cursor is.

A channel that fails is recorded and holds up no other one. Killed anywhere, the next reading goes on where the last whole page
ended; what it shows again is known already (receiving.py).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from vitrina.channels.errors import AnotherShop, ChannelError, CredentialsRefused, NotOpen, NotThere
from vitrina.channels.models import Connection, Pace
from vitrina.channels.opening import account_of, open_channel, open_shop
from vitrina.channels.ports import AccessState, Channel, Kind, Page
from vitrina.inbox.models import Interaction, Reading, Status
from vitrina.inbox.receiving import Received, receive
from vitrina.jobs import events
from vitrina.lib.transactions import short_transaction

logger = logging.getLogger(__name__)

FIRST_LOOK_BACK = timedelta(days=30)
AT_ONCE = 200  # rows in one transaction
MOST_PAGES = 5000  # of one pass
MOST_TOLD = 100  # ids in one piece of news
MOST_LOOKS = 50  # of a pass, at those that were answered elsewhere
CLOSED_TO_US = (AccessState.NEEDS_PLAN, AccessState.NEEDS_RIGHT, AccessState.CLOSED)


class Circle(Exception):
    """The marketplace's pages lead back to themselves."""


@dataclass
class Synced:
    """What a sync of one connection brought. `troubles`: by channel, in words."""

    received: Received = field(default_factory=Received)
    troubles: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"new": self.received.new, "changed": self.received.changed, "troubles": self.troubles}


def sync(connection: Connection, *, checkpoint: Callable[[], None]) -> Synced:
    """One pass over every channel that is open. `checkpoint` is called before each page and may end it."""
    synced = Synced()
    try:
        channel = _opened(connection)
    except ChannelError as error:
        synced.troubles = dict.fromkeys(Kind, error.sentence)
        if isinstance(error, CredentialsRefused):
            _note(connection, trouble=error.sentence)
        return synced
    for kind in channel.abilities:
        if AccessState(connection.access.get(kind.value, {}).get("state", "unknown")) in CLOSED_TO_US:
            continue
        reading = _reading(connection, kind)
        try:
            _pass(connection, channel, reading, kind, synced, checkpoint)
        except NotOpen as closed:
            state = AccessState.NEEDS_PLAN if closed.is_plan else AccessState.NEEDS_RIGHT
            access = connection.access | {kind.value: {"state": state.value, "needs": closed.needs}}
            _note(connection, access=access)
            _broke_off(reading, "")
        except CredentialsRefused as refused:
            _broke_off(reading, refused.sentence)
            synced.troubles[kind.value] = refused.sentence
            _note(connection, trouble=refused.sentence)
            break
        except (ChannelError, Circle) as error:
            _broke_off(reading, str(error))
            synced.troubles[kind.value] = str(error)
    return synced


def _opened(connection: Connection) -> Channel:
    """The channel of the shop that is read; of another one than before everything begins anew."""
    try:
        channel = open_shop(connection)
    except AnotherShop as another:
        _begin_anew(connection, another.shop)
        channel = open_channel(connection)
    if not connection.shop and (shop := channel.shop()):
        _note(connection, shop=shop)
    return channel


def _begin_anew(connection: Connection, shop: str) -> None:
    """What was read of another shop stays, but is nobody's to answer any more; nothing of it mixes with what comes. Killed in
    the middle it is done again: the shop is written last."""
    theirs = Interaction.objects.filter(connection=connection)
    while pks := list(theirs.values_list("pk", flat=True)[:AT_ONCE]):
        rows = Interaction.objects.filter(pk__in=pks)
        with short_transaction():
            rows.filter(needs_response=True).update(needs_response=False, status=Status.CLOSED)
            rows.update(connection=None, changed_at=timezone.now())
    with short_transaction():
        connection.readings.all().delete()
        Pace.objects.filter(key__startswith=f"{account_of(connection)}:").delete()
        _note(connection, shop=shop)
    logger.warning(
        "connection %s leads to another shop; it is read from the beginning",
        connection.pk,
        extra={"action": "inbox.another_shop", "connection_id": connection.pk},
    )


def close_expired() -> int:
    """Those that their marketplace takes no answer for any more; returns how many."""
    now = timezone.now()
    late = Interaction.objects.filter(needs_response=True, closes_at__lte=now)
    return late.update(needs_response=False, status=Status.CLOSED, changed_at=now)


def _pass(
    connection: Connection,
    channel: Channel,
    reading: Reading,
    kind: Kind,
    synced: Synced,
    checkpoint: Callable[[], None],
) -> None:
    is_whole = reading.begun_at is None
    now = timezone.now()
    _keep(reading, tried_at=now, begun_at=reading.begun_at or now)
    received = Received()
    for page in _pages(channel, kind, reading, checkpoint):
        received += (written := _write(connection, reading, page))
        if written.new or written.changed:
            _tell(connection, kind, written)
    if is_whole and channel.abilities[kind].lists_all_open:
        received += _look_at_missing(connection, channel, kind, received.ids, checkpoint)
    synced.received += received
    _keep(
        reading,
        begun_at=None,
        ended_at=timezone.now(),
        trouble="",
        new=received.new,
        changed=received.changed,
    )


def _pages(channel: Channel, kind: Kind, reading: Reading, checkpoint: Callable[[], None]) -> Iterator[Page]:
    """Raises Circle."""
    met = {reading.cursor}
    cursor = reading.cursor
    for _ in range(MOST_PAGES):
        checkpoint()
        page = channel.read(kind, cursor, since=reading.since)
        yield page
        if page.is_last:
            return
        if page.cursor in met:
            break
        met.add(page.cursor)
        cursor = page.cursor
    raise Circle(
        "The marketplace's pages lead in a circle; what was read is kept, and the next reading tries again."
    )


def _write(connection: Connection, reading: Reading, page: Page) -> Received:
    """A page in transactions of a bearable length; the cursor moves with the last of them."""
    written = Received()
    for start in range(0, max(len(page.seen), 1), AT_ONCE):
        with short_transaction():
            written += receive(connection, page.seen[start : start + AT_ONCE])
            if start + AT_ONCE >= len(page.seen):
                _keep(reading, cursor=page.cursor)
    return written


def _look_at_missing(
    connection: Connection,
    channel: Channel,
    kind: Kind,
    shown: frozenset[str],
    checkpoint: Callable[[], None],
) -> Received:
    """What is open with us and wasn't shown was answered in the seller's cabinet, or is gone."""
    mine = Interaction.objects.filter(connection=connection, kind=kind.value, needs_response=True)
    missing = [row for row in mine.order_by("occurred_at").iterator() if row.external_id not in shown]
    received = Received()
    for row in missing[:MOST_LOOKS]:
        checkpoint()
        try:
            seen = channel.look(kind, row.external_id, row.address)
        except NotThere:
            received += _gone(row)
            continue
        with short_transaction():
            received += receive(connection, [seen])
    if received.changed:
        _tell(connection, kind, received)
    return received


def _gone(row: Interaction) -> Received:
    with short_transaction():
        closed = Interaction.objects.filter(pk=row.pk, needs_response=True).update(
            needs_response=False, status=Status.CLOSED, changed_at=timezone.now()
        )
    return Received(changed=closed, touched=(row.pk,) if closed else ())


def _reading(connection: Connection, kind: Kind) -> Reading:
    reading, _made = Reading.objects.get_or_create(
        connection=connection, kind=kind.value, defaults={"since": timezone.now() - FIRST_LOOK_BACK}
    )
    return reading


def _keep(reading: Reading, **values: Any) -> None:
    for name, value in values.items():
        setattr(reading, name, value)
    reading.save(update_fields=list(values))


def _broke_off(reading: Reading, trouble: str) -> None:
    """The pass goes on from its cursor next time."""
    _keep(reading, trouble=trouble)


def _note(connection: Connection, **values: Any) -> None:
    for name, value in values.items():
        setattr(connection, name, value)
    connection.save(update_fields=list(values))


def _tell(connection: Connection, kind: Kind, received: Received) -> None:
    """Pages that show the inbox look again; one that is open only where it is among those that changed."""
    told: dict[str, Any] = {
        "channel": kind.value,
        "new": received.new,
        "changed": received.changed,
    }
    if len(received.touched) <= MOST_TOLD:
        told["interactions"] = list(received.touched)
    with short_transaction():
        events.record(f"seller:{connection.seller_id}", "inbox", told)
