"""What a person does with a source: make, change, pause, take away. Each stands in the audit."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.catalog.importing import ImportOptions
from vitrina.catalog.sources import asking
from vitrina.catalog.sources.connected import kept_shop
from vitrina.catalog.sources.kinds import KINDS
from vitrina.catalog.sources.models import Source, SourceKind
from vitrina.channels.models import Connection
from vitrina.channels.probing import words_of
from vitrina.jobs import control
from vitrina.jobs.models import Job
from vitrina.lib.guard import FetchRefused
from vitrina.lib.guarded import guard

MOST_PER_SELLER = 100
OFTENEST_MINUTES = 5
RAREST_MINUTES = 30 * 24 * 60
MOST_SITE_PAGES = 50_000
CHANGEABLE = ("name", "address", "every_minutes", "enrich", "options")


class SourceRefused(Exception):
    """It can't be so; the sentence says why. Nothing was changed. `field`: what was said wrongly; empty: nothing was."""

    permanent = True

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def create(
    seller: Seller,
    kind: str,
    *,
    name: str = "",
    address: str = "",
    connection: Connection | None = None,
    every_minutes: int | None = None,
    enrich: bool = True,
    options: Mapping[str, Any] | None = None,
    by: User | None,
) -> Source:
    """Made, and not looked at yet (`asking.look_now`). Raises SourceRefused."""
    if connection is None:
        _check_address(kind, address)
    elif connection.seller_id != seller.pk:
        raise SourceRefused(_("There is no such connection."), field="connection")
    _check_pace(every_minutes)
    _check_options(kind, options or {})
    with transaction.atomic():
        # The seller's row is the lock: two windows don't pass the limit together.
        Seller.objects.select_for_update(no_key=True).only("pk").get(pk=seller.pk)
        mine = Source.objects.filter(seller=seller)
        if (value := mine.count()) >= MOST_PER_SELLER:
            raise SourceRefused(
                _("The seller has %(value)d sources, the limit is %(limit)d. Take one away first.")
                % {"value": value, "limit": MOST_PER_SELLER}
            )
        if mine.filter(kind=kind, address=address, connection=connection).exists():
            raise SourceRefused(_("There is such a source already."), field="address")
        source = Source.objects.create(
            seller=seller,
            kind=kind,
            name=name or _name_of(address, connection),
            address=address,
            connection=connection,
            every_minutes=every_minutes,
            enrich=enrich,
            options=dict(options or {}),
            created_by=by,
        )
        _set_clock(source)
        audit.record("source.create", source, by=by, after=_told(source))
    return source


def change(source: Source, *, by: User | None, **said: Any) -> None:
    """What is `said` of CHANGEABLE; another address is looked at from the beginning. Raises SourceRefused."""
    before = _told(source)
    if "address" in said and said["address"] != source.address:
        _check_address(source.kind, said["address"])
        same = Source.objects.filter(seller=source.seller_id, kind=source.kind, address=said["address"])
        if same.exists():
            raise SourceRefused(_("There is such a source already."), field="address")
        said |= {"cursor": {}, "trouble": "", "trouble_kind": "", "trouble_values": {}}
    if "every_minutes" in said:
        _check_pace(said["every_minutes"])
    if "options" in said:
        _check_options(source.kind, said["options"])
        said["options"] = kept_shop(source.options, said["options"])
    if not said.get("name", "."):
        said["name"] = _name_of(said.get("address", source.address), source.connection)
    with transaction.atomic():
        for field, value in said.items():
            setattr(source, field, value)
        source.save(update_fields=list(said))
        if "cursor" in said:
            source.pages.all().delete()
        if source.every_minutes != before["every_minutes"]:
            _set_clock(source)
        if _told(source) != before:
            audit.record("source.change", source, by=by, before=before, after=_told(source))


def switch(source: Source, *, on: bool, by: User | None) -> None:
    """Off: the clock leaves it alone; by hand it can still be looked at."""
    with transaction.atomic():
        if Source.objects.filter(pk=source.pk).exclude(is_on=on).update(is_on=on):
            source.is_on = on
            _set_clock(source)
            audit.record("source.switch", source, by=by, before={"on": not on}, after={"on": on})


def remove(source: Source, *, by: User | None) -> None:
    """Its looks go with it; products and imports that it brought stay."""
    live = Job.objects.filter(pk=source.job_id or 0).first()
    with transaction.atomic():
        audit.record("source.remove", source, by=by, before=_told(source))
        source.delete()
    if live is not None and live.is_live:
        with contextlib.suppress(control.ControlRefused):  # it ended meanwhile
            control.cancel(live, by=by)


def _set_clock(source: Source) -> None:
    now = timezone.now()
    source.next_look_at = asking.next_moment(source, now) if source.is_on else None
    source.save(update_fields=["next_look_at"])


def _check_address(kind: str, address: str) -> None:
    if kind != SourceKind.FEED and not (kind in KINDS and KINDS[kind].by_address):
        raise SourceRefused(_("A source of this kind comes with a connection."), field="kind")
    try:
        target = guard().target(address)
    except FetchRefused as refused:
        raise SourceRefused(str(refused), field="address") from refused
    if target.login:
        raise SourceRefused(
            _("A name and a password don't belong into the address: it is shown to everybody in the shop."),
            field="address",
        )


def _check_pace(every_minutes: int | None) -> None:
    if every_minutes is not None and not OFTENEST_MINUTES <= every_minutes <= RAREST_MINUTES:
        raise SourceRefused(
            _("It can be looked at every %(least)d to %(most)d minutes.")
            % {"least": OFTENEST_MINUTES, "most": RAREST_MINUTES},
            field="every_minutes",
        )


def _check_options(kind: str, options: Mapping[str, Any]) -> None:
    """Of a feed: how it is read (ImportOptions); of a site: {"most_pages", "per_minute"}."""
    try:
        if kind == SourceKind.FEED:
            ImportOptions.load(options)
    except (ValueError, AttributeError, TypeError) as error:
        raise SourceRefused(str(error), field="options") from error
    if kind == SourceKind.SITE:
        most, pace = options.get("most_pages", 1), options.get("per_minute", 1)
        if not (isinstance(most, int) and 1 <= most <= MOST_SITE_PAGES):
            raise SourceRefused(
                _("Pages of one look: from 1 to %(most)d.") % {"most": MOST_SITE_PAGES}, field="options"
            )
        if not (isinstance(pace, int) and 1 <= pace <= 600):
            raise SourceRefused(_("Requests in a minute: from 1 to 600."), field="options")


def _name_of(address: str, connection: Connection | None) -> str:
    if connection is not None:
        return (connection.name or words_of(connection))[:200]
    return address.partition("://")[2].partition("?")[0].strip("/")[:200] or address[:200]


def _told(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in ("kind", *CHANGEABLE)}
