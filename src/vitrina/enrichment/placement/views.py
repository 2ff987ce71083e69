"""Doors of the places at marketplaces: what lacks something, and one product's place with its values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of, sellers_of
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Category
from vitrina.catalog.places import trees
from vitrina.catalog.places.models import Place, TreeReading
from vitrina.catalog.pushing.forms import connection_words, taking_cards
from vitrina.channels.card_targets import TARGETS
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.enrichment.placement import placing
from vitrina.enrichment.placement.editing import said_by_person, written
from vitrina.enrichment.placement.keeping import keep
from vitrina.enrichment.placement.mapping import DOUBTFUL, PERSON
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.models import Job
from vitrina.lib.text import fold
from vitrina.lib.transactions import short_transaction

PAGE = 50
MOST_FOUND = 12
LACKS = {
    "missing": _l("required values are missing"),
    "doubtful": _l("doubtful values"),
    "unconfirmed": _l("category not confirmed"),
}


@require_safe
def places_page(request: PersonRequest) -> HttpResponse:
    rows = Place.objects.reachable_by(request.user).select_related("product", "category", "seller")
    lacks = request.GET.get("lacks", "")
    if lacks == "missing":
        rows = rows.filter(missing__gt=0)
    elif lacks == "doubtful":
        rows = rows.filter(doubtful__gt=0)
    elif lacks == "unconfirmed":
        rows = rows.filter(is_confirmed=False)
    screen = by_key(rows, request, size=PAGE)
    for row in screen.rows:
        row.marketplace = _marketplace(row.tree)  # type: ignore[attr-defined]
    connections = taking_cards(Connection.objects.reachable_by(request.user, Right.EDIT_CATALOGUE))
    return page_or_part(
        request, "enrichment/places.html", "enrichment/places_list.html",
        {
            "slice": screen,
            "lacks": lacks,
            "filters": list(LACKS.items()),
            "connections": [(one.pk, connection_words(one)) for one in connections],
            "trees": [
                (_marketplace(tree), read_at)
                for tree, read_at in TreeReading.objects.filter(
                    tree__in=connections.order_by().values("platform")
                ).order_by("tree").values_list("tree", "read_at")
            ],
            "may_find": bool(sellers_of(request.user, Right.EDIT_CATALOGUE)),
        },
    )  # fmt: skip


@require_POST
def finding(request: PersonRequest) -> HttpResponse:
    return _begun(request, placing.place_later)


@require_POST
def tree_reading(request: PersonRequest) -> HttpResponse:
    return _begun(request, trees.read_later)


def _begun(request: PersonRequest, later: Callable[..., Job]) -> HttpResponse:
    """A job for a connection that takes cards."""
    if not sellers_of(request.user, Right.EDIT_CATALOGUE):
        raise PermissionDenied
    given = request.POST.get("connection", "")
    pk = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    known = Connection.objects.filter(platform__in=list(TARGETS))
    connection = reach(known, request.user, Right.EDIT_CATALOGUE, pk=pk)
    try:
        with short_transaction():
            job = later(connection, by=request.user)
    except QueueFull as full:
        messages.error(request, str(full))
        return redirect("push_places")
    return redirect("job", pk=job.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def place_page(request: PersonRequest, pk: int) -> HttpResponse:
    place = _reach(request, pk, Right.VIEW if request.method != "POST" else Right.EDIT_CATALOGUE)
    given: dict[str, str] = {}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        given = {key.removeprefix("v-"): text for key, text in request.POST.items() if key.startswith("v-")}  # type: ignore[misc]
        values, wrong = said_by_person(place.category.attribute_schema, given, place.values)
        if not wrong:
            keep(place, values, by=request.user)
            messages.success(request, _("Saved. The next push brings what is new here."))
            return redirect("push_place", pk=pk)
    words = request.GET.get("words", "")[:200]
    return page_or_part(
        request, "enrichment/place.html", "enrichment/place_body.html",
        {
            "place": place,
            "marketplace": _marketplace(place.tree),
            "rows": _rows(place, given, wrong),
            "words": words,
            "found": _search(place.tree, words) if words else None,
            "rights": rights_of(request.user, place.seller_id),
        },
        status=422 if wrong else 200,
    )  # fmt: skip


@require_POST
def confirmation(request: PersonRequest, pk: int) -> HttpResponse:
    """`category`: another one than suggested; without it the suggested one."""
    place = _reach(request, pk, Right.EDIT_CATALOGUE)
    given = request.POST.get("category", "")
    category = place.category
    if given.isascii() and given.isdigit() and len(given) < 19 and int(given) != category.pk:
        found = Category.objects.filter(
            pk=int(given), seller=None, tree=place.tree, is_active=True, is_leaf=True
        )
        category = found.first() or category
    placing.confirm(place, category, by=request.user)
    messages.success(request, _("Confirmed: «%(category)s».") % {"category": category.path})
    return redirect("push_place", pk=pk)


def _reach(request: PersonRequest, pk: int, right: Right) -> Place:
    rows = Place.objects.select_related("product__brand", "product__seller", "category")
    return reach(rows, request.user, right, pk=pk)


def _rows(place: Place, given: dict[str, str], wrong: dict[str, str]) -> list[dict[str, Any]]:
    """What is required and missing stands first, then what is doubtful."""
    rows = []
    for row in place.category.attribute_schema:
        key = str(row["key"])
        said = place.values.get(key)
        text = given.get(key, written(said) if said else "")
        rows.append(
            {
                "key": key,
                "name": row["name"],
                "unit": row.get("unit", ""),
                "required": bool(row.get("required")),
                "text": text,
                "choices": [choice["value"] for choice in row.get("choices") or ()],
                "is_long": bool(row.get("is_long")),
                "is_many": row.get("most") != 1,
                "said": said,
                "is_doubtful": bool(said) and said["state"] == DOUBTFUL,
                "is_person": bool(said) and said["state"] == PERSON,
                "wrong": wrong.get(key, ""),
            }
        )
    return sorted(
        rows,
        key=lambda row: (
            not (row["required"] and not row["text"]),
            not row["is_doubtful"],
            not row["required"],
        ),
    )


def _search(tree: str, words: str) -> list[tuple[int, str]]:
    wanted = fold(words).split()
    rows = Category.objects.filter(seller=None, tree=tree, is_active=True, is_leaf=True).order_by()
    found = [
        (pk, path)
        for pk, path, synonyms in rows.values_list("pk", "path", "synonyms").iterator()
        if all(map(fold(" ".join([path, *synonyms])).__contains__, wanted))
    ]
    return sorted(found, key=lambda one: (len(one[1]), one[1]))[:MOST_FOUND]


def _marketplace(tree: str) -> str:
    known = PLATFORMS.get(tree)
    return str(known.words) if known else tree
