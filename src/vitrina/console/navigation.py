"""What stands in the rail of every page, with the numbers that call for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from vitrina.console.counting import COUNT_UP_TO, counted_together
from vitrina.enrichment.models import ModerationItem
from vitrina.inbox.models import Interaction
from vitrina.inbox.priority import Priority


@dataclass(frozen=True)
class Place:
    name: Any
    route: str
    icon: str
    # Routes that light this place up besides its own begin with one of these words.
    family: str
    key: str = ""  # «g» and then this letter goes there
    counts: str = ""


GROUPS: tuple[tuple[Any, tuple[Place, ...]], ...] = (
    (
        "",
        (
            Place(_("Today"), "today", "layout-dashboard", "today", "t"),
            Place(_("Products"), "products", "package", "product", "p"),
            Place(_("Inbox"), "inbox", "inbox", "in", "o", counts="inbox"),
            Place(_("Moderation"), "moderation", "list-checks", "moderation", "m", counts="moderation"),
        ),
    ),
    (
        _("Catalogue"),
        (
            Place(_("Import"), "imports", "upload", "import", "i"),
            Place(_("Sources"), "sources", "store", "source", "u"),
            Place(pgettext_lazy("navigation", "Export"), "exports", "download", "export", "e"),
            Place(_("To marketplaces"), "pushes", "send-horizontal", "push"),
            Place(_("Categories"), "categories", "folder-tree", "categor", "c"),
            Place(_("Templates"), "templates", "file-text", "template"),
        ),
    ),
    (
        _("Imagery"),
        (
            Place(_("Pictures"), "images", "image", "image", "a"),
            Place(_("Cars"), "vehicles", "gauge", "vehicle", "v"),
            Place(_("Books"), "books", "book-open", "book", "b"),
        ),
    ),
    (
        _("Under the bonnet"),
        (
            Place(_("Runs"), "runs", "scroll-text", "run", "r"),
            Place(_("Jobs"), "jobs", "layers", "job", "j"),
            Place(_("Model calls"), "calls", "activity", "call", "l"),
            Place(_("Settings"), "settings", "settings", "settings", "s"),
        ),
    ),
)
# The four that a thumb reaches; the rest opens from «More».
THUMB = ("today", "products", "inbox", "moderation")


@dataclass(frozen=True)
class Rail:
    nav: SafeString
    thumb: SafeString
    keys: SafeString


def navigation(request: HttpRequest) -> dict[str, Any]:
    theme = request.COOKIES.get("theme", "system")
    context: dict[str, Any] = {
        "theme": theme if theme in {"light", "dark"} else "system",
        "languages": settings.LANGUAGES,
    }
    if (
        not getattr(request, "user", None)
        or not request.user.is_authenticated
        or request.user.must_change_password
    ):
        return context
    context["rail"] = SimpleLazyObject(lambda: _rail_of(request))
    return context


def _rail_of(request: HttpRequest) -> Rail:
    here = (request.resolver_match.url_name or "") if request.resolver_match else ""
    lit = next(
        (place.route for _title, places in GROUPS for place in places if here.startswith(place.family)), ""
    )
    pressing = Interaction.objects.reachable_by(request.user).open().filter(priority__lte=Priority.HIGH)
    waiting = ModerationItem.objects.reachable_by(request.user).waiting()
    moderation, inbox = counted_together(waiting, pressing)
    return _rail(get_language(), lit, moderation, inbox)


# The same for everybody who has as much to do: only the numbers tell one person's rail from another's.
@lru_cache(maxsize=256)
def _rail(_language: str | None, lit: str, moderation: int, inbox: int) -> Rail:
    counts = {"moderation": moderation, "inbox": inbox}
    groups = [
        (
            title,
            [
                {
                    "name": place.name,
                    "route": place.route,
                    "url": reverse(place.route),
                    "icon": place.icon,
                    "key": place.key,
                    "is_here": place.route == lit,
                    "count": min(counts.get(place.counts, 0), COUNT_UP_TO),
                    "more": "+" if counts.get(place.counts, 0) > COUNT_UP_TO else "",
                }
                for place in places
            ],
        )
        for title, places in GROUPS
    ]
    thumb = [place for _title, places in groups for place in places if place["route"] in THUMB]
    return Rail(
        nav=render_to_string("console/nav.html", {"groups": groups}),
        thumb=render_to_string("console/thumb.html", {"thumb": thumb}),
        keys=render_to_string("console/keys.html", {"groups": groups}),
    )
