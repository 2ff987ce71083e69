"""One look at a source: page by page, each taken in before the cursor moves on.

Killed anywhere, the next look goes on behind the last whole page; what it shows again is known already, and a second
look changes nothing. What a place no longer shows stays in the catalogue, whatever the place says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vitrina.catalog.importing import REPEATED
from vitrina.catalog.intake import CHUNK, receive_many
from vitrina.catalog.listing import Listing, Remark
from vitrina.catalog.mapping import Refused, RowMapper
from vitrina.catalog.sources import keeping, kinds, looking_at_feed, looks, owning
from vitrina.catalog.sources.as_listing import as_listing, mapper
from vitrina.catalog.sources.doubting import NOTHING, doubt
from vitrina.catalog.sources.models import Look, Source, SourceKind
from vitrina.catalog.sources.troubles import ALL_BROKEN, CIRCLE, EMPTY, kind_of, may_pass, retry_after
from vitrina.channels.cards import CardPage, CardSource, KeepsPages
from vitrina.channels.errors import ChannelError, Throttled
from vitrina.lib.feeds import NotAFeed
from vitrina.lib.guard import FetchError
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.transactions import short_transaction

MOST_PAGES = 20_000  # of one look
# What may pass is tried so often before the look is given up; the next one goes on behind it.
TRIES = 4

IN_A_CIRCLE = gettext_noop(
    "The pages of the place lead in a circle; what was read is kept, and the next look tries again."
)
NONE_READ = gettext_noop("None of the %(count)s products could be read. The first: %(reason)s")

Tell = Callable[[Look], None]


class LookLater(Exception):
    """Trouble that may pass: the look goes on where it stopped. `after_seconds`: at least so long; None: the rule's own.
    `costs_a_try`: else it only waits for its turn, as long as that takes."""

    def __init__(self, sentence: str, after_seconds: float | None, *, costs_a_try: bool = True) -> None:
        super().__init__(sentence)
        self.after_seconds = after_seconds
        self.costs_a_try = costs_a_try


def look(
    source: Source, *, tell: Tell, is_forced: bool = False, attempt: int = 1, job_id: int | None = None
) -> Look:
    """`tell` is called before each page and may end it. `is_forced`: a person believes what is doubted.

    Trouble that stays is in the row and the source. Raises LookLater, QueueFull where the seller's queue is full, and
    TakenOver.
    """
    found = looks.begin(source, is_forced=is_forced)
    try:
        if source.kind == SourceKind.FEED:
            looking_at_feed.look(found, tell=tell, job_id=job_id)
        else:
            _go_through(found, kinds.open_cards(source), tell)
    except Throttled as held:
        looks.note_trouble(found, kind_of(held), Remark(str(held)))
        raise LookLater(str(held), held.retry_after, costs_a_try=False) from held
    except (ChannelError, FetchError, NotAFeed) as error:
        if may_pass(error) and attempt < TRIES:
            looks.note_trouble(found, kind_of(error), _said(error))
            raise LookLater(str(error), retry_after(error)) from error
        looks.stop(found, kind_of(error), _said(error))
    return found


def _said(error: Exception) -> Remark:
    return Remark(error.sentence, error.values) if isinstance(error, FetchError) else Remark(str(error))


def _go_through(found: Look, place: CardSource, tell: Tell) -> None:
    source = found.source
    kind = kinds.KINDS[source.kind]
    kept: dict[str, Any] = dict(source.cursor)
    cursor = str(kept.get("at", ""))
    # A pass that an earlier look began is no whole one: what is left of it may well be nothing.
    is_whole = (kind.shows_all or not cursor) and not kept.get("is_midway")
    by = mapper(currency=source.seller.currency, supplier="" if source.connection_id else source.name)
    met = {cursor}
    for _ in range(MOST_PAGES):
        tell(found)
        page = place.cards(cursor)
        if found.total is None and page.total is not None:
            found.total = page.total
            if is_whole and not found.is_forced and (doubted := doubt(kept.get("total"), page.total)):
                looks.stop(found, *doubted)
                return
        _take(found, place, page, by, kept)
        if page.is_last:
            _end(found, is_whole=is_whole, kept=kept)
            return
        if page.cursor in met:
            break
        met.add(page.cursor)
        cursor = page.cursor
    looks.stop(found, CIRCLE, Remark(IN_A_CIRCLE))


def _take(found: Look, place: CardSource, page: CardPage, by: RowMapper, kept: dict[str, Any]) -> None:
    """The page in transactions of a bearable length; the cursor moves with the last of them."""
    source = found.source
    listings: list[Listing] = []
    remarks = [looks.remark(one.id, Remark(one.reason, one.values)) for one in page.broken]
    for card in page.cards:
        mapped = as_listing(card, by)
        if isinstance(mapped, Refused):
            remarks.append(looks.remark(mapped.external_id or card.number, mapped.reason))
            continue
        listings.append(mapped.listing)
        remarks += [
            looks.remark(mapped.listing.external_id, warning, is_warning=True) for warning in mapped.warnings
        ]
    listings, elsewhere = owning.parted(source, listings)
    remarks += [looks.remark(id_, reason) for id_, reason in elsewhere]
    listings = keeping.with_known(source, listings)
    kept |= {"at": page.cursor, "is_midway": not page.is_last}
    starts = range(0, max(len(listings), 1), CHUNK)
    for start in starts:
        chunk = listings[start : start + CHUNK]
        is_last = start == starts[-1]
        with short_transaction():
            received = receive_many(source.seller, chunk, enrich=source.enrich)
            told = [
                looks.remark(chunk[at].external_id, Remark(REPEATED, {"id": chunk[at].external_id}))
                for at in received.repeated
            ]
            if is_last:
                told += remarks
                Source.objects.filter(pk=source.pk).update(cursor=kept)
                if isinstance(place, KeepsPages):
                    place.keep()
            broken = sum(not one["is_warning"] for one in told)
            counted = {
                "read": len(chunk) + (broken - len(received.repeated)),
                "created": len(received.created),
                "updated": len(received.updated),
                "unchanged": received.unchanged + (page.unchanged if is_last else 0),
                "broken": broken,
            }
            looks.count(found, counted, told)


def _end(found: Look, *, is_whole: bool, kept: Mapping[str, Any]) -> None:
    seen = found.read + found.unchanged
    if is_whole and not found.is_forced and seen == 0:
        looks.stop(found, EMPTY, Remark(NOTHING))
    elif found.broken and found.broken == found.read and not found.unchanged:
        first = next(one for one in found.remarks if not one["is_warning"])
        reason = str(Remark(first["reason"], first["values"]))
        looks.stop(found, ALL_BROKEN, Remark(NONE_READ, {"count": found.broken, "reason": reason}))
    else:
        total = found.total if found.total is not None else kept.get("total")
        looks.finish(found, {"at": kept["at"]} | ({"total": total} if total is not None else {}))
