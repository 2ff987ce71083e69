"""Pages of the pictures: the gallery, one picture with its history, its tile, its file."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of, sellers_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.imagery import asking
from vitrina.imagery.addresses import address
from vitrina.imagery.models import RECIPES, GeneratedImage, ImageStatus, Quality
from vitrina.imagery.offers import offers_for
from vitrina.imagery.outcome_words import issues_of, tries_of
from vitrina.imagery.picture_filter import UNSHOWN, PictureFilter, found
from vitrina.imagery.service_words import TITLES, service_title
from vitrina.imagery.showing import said_of, tile_of, tiles_of
from vitrina.jobs import events
from vitrina.lib import downloads, files
from vitrina.lib.asked import as_id
from vitrina.lib.picture_files import Size, file_of

PAGE = 48
SIBLINGS = 12


@require_safe
def images_page(request: PersonRequest) -> HttpResponse:
    after = events.last_id()
    wanted = PictureFilter.of(request.GET.dict())
    screen = found(
        wanted,
        request.user,
        before=as_id(request.GET.get("before", "")),
        after=as_id(request.GET.get("after", "")),
        size=PAGE,
    )
    tiles = tiles_of(screen.slice.rows, after=after)
    context = {
        "wanted": wanted,
        "slice": screen.slice,
        "looked_at": screen.looked_at,
        "tiles": tiles,
        "is_live": any(tile.is_live for tile in tiles),
        "sellers": sellers_of(request.user),
        "recipes": RECIPES.items(),
        "statuses": ImageStatus.choices,
        "qualities": Quality.choices,
        "services": TITLES.items(),
        "can_ask": bool(sellers_of(request.user, Right.ILLUSTRATE)),
    }
    return page_or_part(request, "imagery/images.html", "imagery/image_list.html", context)


@require_safe
def image_page(request: PersonRequest, pk: int) -> HttpResponse:
    after = events.last_id()
    image = reach(
        GeneratedImage.objects.select_related("seller", "series", "created_by"),
        request.user,
        Right.VIEW,
        pk=pk,
    )
    rights = rights_of(request.user, image.seller_id)
    context = {
        "image": image,
        "tile": tile_of(image, after=after),
        "service": service_title(image.service),
        "issues": issues_of(image.issues),
        "dropped": said_of(image.dropped),
        "tries": tries_of(image),
        "job": asking.job_of(image) if image.is_under_way else None,
        "siblings": tiles_of(siblings(image), after=after),
        "offers": offers_for(image, rights),
        "original": address(image, Size.ORIGINAL),
        "rights": rights,
        "after": after,
    }
    return page_or_part(request, "imagery/image.html", "imagery/image_body.html", context)


@never_cache
@require_safe
def image_tile(request: PersonRequest, pk: int) -> HttpResponse:
    """The tile alone: what a tile that followed its picture fetches."""
    after = events.last_id()
    image = reach(GeneratedImage.objects.defer(*UNSHOWN), request.user, Right.VIEW, pk=pk)
    return render(request, "imagery/tile.html", {"tile": tile_of(image, after=after)})


@require_safe
def image_comparison(request: PersonRequest, pk: int, other: int) -> HttpResponse:
    """Two finished pictures of one seller beside each other, and one over the other."""
    image = reach(GeneratedImage.objects.select_related("seller"), request.user, Right.VIEW, pk=pk)
    second = reach(GeneratedImage.objects, request.user, Right.VIEW, pk=other, seller_id=image.seller_id)
    if not (image.digest and second.digest):
        raise Http404
    after = events.last_id()
    pair = [
        {
            "tile": tile_of(one, after=after),
            "service": service_title(one.service),
            "issues": issues_of(one.issues),
        }
        for one in (image, second)
    ]
    context = {"image": image, "first": pair[0], "second": pair[1], "pair": pair}
    return render(request, "imagery/comparison.html", context)


@require_safe
def image_file(request: PersonRequest, pk: int, digest: str, size: str) -> HttpResponseBase:
    if size not in set(Size):
        raise Http404
    image = reach(GeneratedImage.objects.defer(*UNSHOWN), request.user, Right.VIEW, pk=pk, digest=digest)
    return file_of(request, image, Size(size))


@require_safe
def image_download(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The bytes as the service gave them, under a name that says which picture it is."""
    image = reach(GeneratedImage.objects.defer(*UNSHOWN), request.user, Right.VIEW, pk=pk)
    if not image.digest:
        raise Http404
    try:
        stream = files.storage().open(image.original_name)
    except FileNotFoundError as error:
        raise Http404 from error
    suffix = image.original_name.rpartition(".")[2]
    return downloads.file(request, stream, f"picture-{image.pk}.{suffix}", image.media_type)


def siblings(image: GeneratedImage) -> list[GeneratedImage]:
    """Other finished pictures of the same subject and part, newest first; of free text, none. One query."""
    if not image.subject:
        return []
    rows = GeneratedImage.objects.filter(
        seller_id=image.seller_id, subject=image.subject, part=image.part, status=ImageStatus.COMPLETED
    )
    return list(rows.exclude(pk=image.pk).defer(*UNSHOWN).order_by("-pk")[:SIBLINGS])
