"""Reading the audit log: which entries a person may see, and which of them they ask for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from vitrina.accounts.audit_words import action_words, object_words
from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.lib.spreadsheet_cells import defuse_cell

CHUNK = 2000
RARE = 200  # lines that are named one by one


@dataclass(frozen=True)
class Asked:
    """What a reader filters by, as it stood in the address; what can't be understood asks for nothing."""

    who: str = ""
    action: str = ""
    object_type: str = ""
    object_id: str = ""
    since: date | None = None
    until: date | None = None
    seller: str = ""

    @classmethod
    def by(cls, given: Mapping[str, str]) -> Asked:
        given = {name: text.replace("\0", "") for name, text in given.items()}
        return cls(
            who=given.get("who", "").strip()[:150],
            action=given.get("action", "")[:80],
            object_type=given.get("type", "")[:80],
            object_id=given.get("id", "").strip()[:64],
            since=_date(given.get("since", "")),
            until=_date(given.get("until", "")),
            seller=given.get("seller", "")[:20],
        )

    def __bool__(self) -> bool:
        return self != Asked()


def entries(sellers: list[Seller], reader: User, asked: Asked) -> QuerySet[AuditEntry]:
    """A superuser's: of everybody, or of the seller they ask for. Others': of one of `sellers`, the first unless asked.

    One seller at a time, since of several SQLite would sort every line for a page of fifty. Paged by id.
    """
    rows = AuditEntry.objects.all()
    seller = chosen(sellers, reader, asked)
    if seller is not None:
        rows = rows.filter(seller=seller)
    elif not reader.is_superuser:
        return rows.none()
    if asked.who:
        rows = rows.filter(user_id=_person(asked.who))
    if asked.action:
        rows = _narrowed(rows, action=asked.action)
    if asked.object_type:
        rows = _narrowed(rows, object_type=asked.object_type)
    if asked.object_id:
        rows = rows.filter(object_id=asked.object_id)
    if asked.since:
        rows = rows.filter(pk__gte=_first_id_from(asked.since))
    if asked.until:
        rows = rows.filter(pk__lt=_first_id_from(asked.until + timedelta(days=1)))
    return rows


def chosen(sellers: list[Seller], reader: User, asked: Asked) -> Seller | None:
    """Whose lines are shown; None for a superuser who asks for everybody's."""
    found = next((seller for seller in sellers if str(seller.pk) == asked.seller), None)
    return found or (sellers[0] if sellers and not reader.is_superuser else None)


def as_csv(rows: QuerySet[AuditEntry]) -> Iterator[str]:
    """Newest first, by key, so that a long log is never in memory at once. The mark tells spreadsheets that it is UTF-8."""
    yield "\ufeff" + _line(
        ["id", "at", "who", "seller", "action", "what", "object", "object id", "before", "after"]
    )
    rows, last = rows.select_related("user", "seller").order_by("-pk"), None
    while True:
        found = list((rows if last is None else rows.filter(pk__lt=last))[:CHUNK])
        if not found:
            return
        yield "".join(_line(_cells(row)) for row in found)
        last = found[-1].pk


def _cells(row: AuditEntry) -> list[str]:
    return [
        str(row.pk),
        timezone.localtime(row.at).isoformat(timespec="seconds"),
        row.user.username if row.user else "",
        row.seller.name if row.seller else "",
        row.action,
        action_words(row.action),
        object_words(row.object_type),
        row.object_id,
        as_json(row.before),
        as_json(row.after),
    ]


def as_json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([defuse_cell(cell) for cell in cells])
    return line.getvalue()


def _narrowed(rows: QuerySet[AuditEntry], **wanted: str) -> QuerySet[AuditEntry]:
    """What is rare is found by an index of its own: by the seller's, every line would be read to learn that it isn't there.

    One query.
    """
    rows = rows.filter(**wanted)
    found = list(AuditEntry.objects.filter(**wanted).values_list("pk", flat=True)[: RARE + 1])
    return rows if len(found) > RARE else rows.filter(pk__in=found)


def _person(name: str) -> int:
    """Their id; one that nobody has when nobody is called so."""
    return User.objects.filter(username__iexact=name).values_list("pk", flat=True).first() or 0


def _first_id_from(day: date) -> int:
    """Ids grow with time: a date becomes a bound of the key that pages go by."""
    begins = timezone.make_aware(datetime.combine(day, time()))
    found = (
        AuditEntry.objects.filter(at__gte=begins).order_by("at", "pk").values_list("pk", flat=True).first()
    )
    if found is not None:
        return found
    newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    return (newest or 0) + 1


def _date(text: str) -> date | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and 1970 <= found.year < 9999 else None
