"""The row of a look: begun, counted, ended. The source's own state moves in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from vitrina.catalog import importing
from vitrina.catalog.listing import Remark
from vitrina.catalog.mapping import FORBIDDEN
from vitrina.catalog.models import Import
from vitrina.catalog.sources.models import Look, LookState, Source
from vitrina.catalog.sources.troubles import DOUBTS
from vitrina.lib.transactions import short_transaction

MOST_REMARKS = 200
KEPT_DAYS = 90
COUNTED = ("read", "created", "updated", "unchanged", "broken")


class TakenOver(Exception):
    """Another process looks at the same source, or the look was ended: this one stops."""


def begin(source: Source, *, is_forced: bool = False) -> Look:
    """The look that a killed process left, else a new one."""
    with transaction.atomic():
        Source.objects.select_for_update(no_key=True).only("pk").get(pk=source.pk)
        source.refresh_from_db()
        look = source.looks.filter(state=LookState.RUNNING).first()
        if look is None:
            look = Look.objects.create(source=source, is_forced=is_forced)
        elif is_forced and not look.is_forced:
            look.is_forced = True
            look.save(update_fields=["is_forced"])
    return look


def count(look: Look, counted: Mapping[str, int], remarks: Sequence[dict[str, Any]]) -> None:
    """Add to the counters, in the caller's transaction. Raises TakenOver."""
    stood = {name: getattr(look, name) for name in COUNTED}
    for name, number in counted.items():
        setattr(look, name, stood[name] + number)
    look.remarks = [*look.remarks, *remarks][:MOST_REMARKS]
    won = Look.objects.filter(pk=look.pk, state=LookState.RUNNING, read=stood["read"]).update(
        **{name: getattr(look, name) for name in COUNTED}, total=look.total, remarks=look.remarks
    )
    if not won:
        raise TakenOver(f"Look {look.pk} was ended, or another process goes on with it.")


def remark(id_: str, reason: Remark, *, is_warning: bool = False) -> dict[str, Any]:
    return {
        "id": FORBIDDEN.sub("", id_)[:200],
        "reason": reason.sentence,
        "values": {name: FORBIDDEN.sub("", str(value))[:300] for name, value in reason.values.items()},
        "is_warning": is_warning,
    }


def finish(look: Look, cursor: Mapping[str, Any]) -> None:
    """It brought what it could. `cursor`: what the next look goes on from."""
    now = timezone.now()
    changes: dict[str, Any] = {"cursor": dict(cursor)}
    if look.created or look.updated:
        changes["changed_at"] = now
    _end(look, LookState.DONE, now, {"trouble": "", "trouble_kind": "", "trouble_values": {}}, changes)


def stop(look: Look, kind: str, trouble: Remark) -> None:
    """It came to nothing, or ended half-way; what was taken in before stays, and so does the place where to go on."""
    state = LookState.ASKS if kind in DOUBTS else LookState.FAILED
    _end(look, state, timezone.now(), _told(kind, trouble), {})


def cancel(source: Source) -> None:
    """What was taken in stays, and the next look goes on behind it."""
    for run in Import.objects.filter(looks__source=source, looks__state=LookState.RUNNING):
        importing.cancel(run)
    now = timezone.now()
    with transaction.atomic():
        source.looks.filter(state=LookState.RUNNING).update(state=LookState.CANCELLED, finished_at=now)
        Source.objects.filter(pk=source.pk).update(looked_at=now)


def note_trouble(look: Look, kind: str, trouble: Remark) -> None:
    """It is tried again by itself; whoever looks at the page sees why it takes so long."""
    with short_transaction():
        Look.objects.filter(pk=look.pk, state=LookState.RUNNING).update(**_told(kind, trouble))


def _told(kind: str, trouble: Remark) -> dict[str, Any]:
    return {"trouble_kind": kind, "trouble": trouble.sentence, "trouble_values": dict(trouble.values)}


def _end(look: Look, state: LookState, now: datetime, told: dict[str, Any], changes: dict[str, Any]) -> None:
    with short_transaction():
        won = Look.objects.filter(pk=look.pk, state=LookState.RUNNING).update(
            state=state, finished_at=now, **told
        )
        if won:
            Source.objects.filter(pk=look.source_id).update(looked_at=now, **told, **changes)
    look.refresh_from_db()


def clear_old() -> int:
    """Looks of long ago; each source keeps its latest whatever its age."""
    old = Look.objects.exclude(state=LookState.RUNNING).filter(
        started_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)
    )
    latest = Source.objects.annotate(latest=Max("looks")).filter(latest__isnull=False)
    gone, _ = old.exclude(pk__in=latest.values("latest")).delete()
    return gone
