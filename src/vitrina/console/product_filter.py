"""The filter of the products page: from the address to a value, and back to chips that take one condition off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import QueryDict
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from vitrina.accounts.models import Seller
from vitrina.catalog.brands import brand_key
from vitrina.catalog.models import Brand, Category, Import
from vitrina.enrichment.product_filter import Band, Gravest, ProductFilter, Shown
from vitrina.lib.moments import storable

__all__ = ["ProductFilter", "Shown"]

SHOWN_NAMES = {
    Shown.ALL: _l("any status"),
    Shown.RUNNING: _l("in work"),
    Shown.MODERATION: _l("in moderation"),
    Shown.FAILED: _l("last run failed"),
    Shown.DONE: _l("with a card"),
    Shown.UNTOUCHED: _l("never run"),
}
BAND_NAMES = {
    Band.LOW: _l("below 50 %"),
    Band.MIDDLE: _l("50–75 %"),
    Band.HIGH: _l("75 % and more"),
    Band.UNKNOWN: _l("not known"),
}
GRAVEST_NAMES = {Gravest.WARNING: _l("warnings"), Gravest.HIGH: _l("grave ones")}
SOURCE_NAMES = {"feed": _l("feed"), "site": _l("web page")}
LANGUAGE_NAMES = {"ru": _l("Russian"), "en": _l("English")}

# What an address may say; what stands beside them (a page, an order) is no condition.
CONDITIONS = (
    "q", "status", "seller", "no_category", "no_description", "category", "branch", "brand", "source", "import",
    "language", "confidence", "findings", "since",
)  # fmt: skip


def filter_of(query: QueryDict, seller_ids: Iterable[int] = ()) -> ProductFilter:
    """What is not understood is left out: an address typed by hand never breaks the page.

    A brand or a branch that nobody knows finds nothing. One query for each of the two when it is named.
    """
    brand, brand_known = _brand(_words(query, "brand"))
    category, category_known = _branch(query, list(seller_ids))
    return ProductFilter(
        words=_words(query, "q"),
        no_category=query.get("no_category") == "1",
        no_description=query.get("no_description") == "1",
        shown=_one_of(Shown, query.get("status")),
        seller_id=number(query.get("seller")),
        category_id=category,
        brand_id=brand,
        is_impossible=not (brand_known and category_known),
        source=_words(query, "source")[:40],
        import_id=number(query.get("import")),
        language=query.get("language", "") if query.get("language") in dict(settings.LANGUAGES) else "",
        band=_one_of(Band, query.get("confidence")),
        gravest=_one_of(Gravest, query.get("findings")),
        changed_since=_day(query.get("since")),
    )


@dataclass(frozen=True)
class Chip:
    """One condition in words, and the address of the list without it."""

    words: str
    href: str


def chips(query: QueryDict, wanted: ProductFilter, sellers: Iterable[Seller]) -> list[Chip]:
    """At most one query for the name of the category, one for the import."""
    said: list[tuple[tuple[str, ...], str]] = []

    def say(words: str, *names: str) -> None:
        said.append((names, words))

    if wanted.words:
        say(f"«{wanted.words}»", "q")
    if wanted.shown is not Shown.ALL:
        say(str(SHOWN_NAMES[wanted.shown]), "status")
    if wanted.seller_id:
        name = next((seller.name for seller in sellers if seller.pk == wanted.seller_id), "—")
        say(_("seller: %(name)s") % {"name": name}, "seller")
    if wanted.no_category:
        say(_("no category"), "no_category")
    if wanted.no_description:
        say(_("no description"), "no_description")
    if query.get("branch") or query.get("category"):
        named = Category.objects.filter(pk=wanted.category_id or 0).values_list("path", flat=True)
        path = query.get("branch") or named.first() or "—"
        if wanted.category_id or query.get("branch"):
            say(_("category: %(path)s") % {"path": path}, "branch", "category")
    if _words(query, "brand"):
        say(_("brand: %(name)s") % {"name": _words(query, "brand")}, "brand")
    if wanted.source:
        say(
            _("source: %(name)s") % {"name": SOURCE_NAMES.get(wanted.source, wanted.source)},
            "source",
        )
    if wanted.import_id:
        feed = Import.objects.filter(
            pk=wanted.import_id, seller__in=[seller.pk for seller in sellers]
        ).first()
        say(_("from the import: %(name)s") % {"name": feed or wanted.import_id}, "import")
    if wanted.language:
        say(_("language: %(name)s") % {"name": LANGUAGE_NAMES.get(wanted.language, "")}, "language")
    if wanted.band is not Band.ALL:
        say(_("confidence: %(band)s") % {"band": BAND_NAMES[wanted.band]}, "confidence")
    if wanted.gravest is not Gravest.ALL:
        say(_("findings: %(kind)s") % {"kind": GRAVEST_NAMES[wanted.gravest]}, "findings")
    if wanted.changed_since:
        day = formats.date_format(timezone.localtime(wanted.changed_since), "SHORT_DATE_FORMAT")
        say(_("changed since %(day)s") % {"day": day}, "since")
    return [Chip(words, address(query, without=names)) for names, words in said]


def address(query: QueryDict, *, without: Iterable[str] = (), **put: str) -> str:
    """The list's address with the same filter; `?all=1` when nothing is left, since the bare one may lead to a view."""
    kept = query.copy()
    for name in (*without, "before", "after", "all", "view"):
        kept.pop(name, None)
    for name in [name for name, value in kept.items() if not value]:
        kept.pop(name)
    for name, value in put.items():
        kept[name] = value
    return f"?{kept.urlencode()}" if kept else "?all=1"


def stated(query: QueryDict) -> str:
    """The filter and the order of an address, without the page one stands on: what a view keeps."""
    return address(query).removeprefix("?").removeprefix("all=1")


def number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _words(query: QueryDict, name: str) -> str:
    return query.get(name, "").replace("\0", "").strip()[:200]


def _one_of(kinds: Any, text: str | None) -> Any:
    return kinds(text) if text in set(kinds) else kinds("")


def _day(text: str | None) -> datetime | None:
    """The beginning of a day as the reader's clock has it."""
    try:
        return storable(timezone.make_aware(datetime.combine(date.fromisoformat(text or ""), time.min)))
    except (ValueError, OverflowError):
        return None


def _brand(name: str) -> tuple[int | None, bool]:
    if not name:
        return None, True
    found = Brand.objects.filter(key=brand_key(name)).values_list("pk", flat=True).first()
    return found, found is not None


def _branch(query: QueryDict, seller_ids: list[int]) -> tuple[int | None, bool]:
    """By its path as typed or picked, else by id as other pages link it."""
    path = _words(query, "branch")
    if not path:
        return number(query.get("category")), True
    found = (
        Category.objects.filter(
            Q(seller=None) | Q(seller__in=seller_ids), Q(path=path) | Q(name=path), tree=""
        )
        .order_by("path")
        .values_list("pk", flat=True)
        .first()
    )
    return found, found is not None
