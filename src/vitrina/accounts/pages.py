"""Answering with a page or with the one part of it that changes, and paging by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from vitrina.accounts.doors import PersonRequest

Row = TypeVar("Row", bound=Model)


def page_or_part(
    request: PersonRequest, page: str, part: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The whole page, or its part for htmx. A page that the browser keeps for «back» is never the part."""
    template = part if request.htmx and not request.htmx.history_restore_request else page
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    add_never_cache_headers(response)
    return response


@dataclass(frozen=True)
class Slice(Generic[Row]):
    """One screenful, newest first. `older` and `newer` are the ids to go on from; None at the ends."""

    rows: list[Row]
    older: int | None
    newer: int | None


def by_key(rows: QuerySet[Row], request: HttpRequest, *, size: int) -> Slice[Row]:
    """A slice by `?before=ID` or `?after=ID`: as quick on the last page of a million as on the first.

    One query, in which the ids are sought first: an index may answer that alone.
    """
    before, after = _id(request.GET.get("before")), _id(request.GET.get("after"))
    if after is not None:
        ids = rows.filter(pk__gt=after).order_by("pk").values("pk")[: size + 1]
        found = list(rows.filter(pk__in=ids).order_by("pk"))
        more, shown = len(found) > size, found[:size][::-1]
        return Slice(shown, older=shown[-1].pk if shown else None, newer=shown[0].pk if more else None)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.filter(pk__in=rows.order_by("-pk").values("pk")[: size + 1]).order_by("-pk"))
    more, shown = len(found) > size, found[:size]
    return Slice(shown, older=shown[-1].pk if more else None, newer=shown[0].pk if before and shown else None)


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
