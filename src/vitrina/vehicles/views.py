"""Doors of the cars: the list, a new one out of its ad, one with its series; changed, taken away; its photo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.imagery import quota
from vitrina.jobs import events
from vitrina.lib.picture_files import Size, file_of
from vitrina.lib.pictures import PictureRefused
from vitrina.vehicles import ads, changing, listing, photos, series
from vitrina.vehicles.forms import AdForm, SeriesForm, VehicleForm, fields_of, newest_year
from vitrina.vehicles.models import CarSeries, Vehicle
from vitrina.vehicles.showing import badge_shown, photo_address, series_shown, untold_words

RIGHT = Right.ILLUSTRATE
PAGE = 24
SERIES_SHOWN = 20


@require_safe
def vehicles_page(request: PersonRequest) -> HttpResponse:
    after = events.last_id()
    screen = by_key(Vehicle.objects.reachable_by(request.user).select_related("seller"), request, size=PAGE)
    cards = listing.cards_of(screen.rows)
    context = {
        "slice": screen,
        "cards": cards,
        "live": sorted({card.vehicle.seller_id for card in cards if card.is_live}),
        "can_add": Seller.objects.reachable_by(request.user, RIGHT).exists(),
        "after": after,
    }
    return page_or_part(request, "vehicles/vehicles.html", "vehicles/vehicle_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def vehicle_addition(request: PersonRequest) -> HttpResponse:
    """POST with `reads`: the fields of the ad that was pasted; nothing is written."""
    sellers = Seller.objects.reachable_by(request.user, RIGHT)
    if not sellers:
        raise PermissionDenied
    ad, found = AdForm(), None
    if request.method == "POST" and "reads" in request.POST:
        ad = AdForm(request.POST)
        if ad.is_valid():
            found = fields_of(ads.read(ad.cleaned_data["ad"], newest_year=newest_year()))
        form = VehicleForm(sellers=sellers, initial=dict(found or {}))
    else:
        form = VehicleForm(request.POST or None, sellers=sellers)
        if request.method == "POST" and form.is_valid():
            given = dict(form.cleaned_data)
            vehicle = changing.create(given.pop("seller"), by=request.user, **given)
            _take_photo(request, vehicle)
            return redirect("vehicle", pk=vehicle.pk)
    context = {"form": form, "ad": ad, "found": found}
    return render(
        request, "vehicles/vehicle_addition.html", context, status=422 if form.errors or ad.errors else 200
    )


@require_safe
def vehicle_page(request: PersonRequest, pk: int) -> HttpResponse:
    """`?series=CAR-1A2B3C4D`: one of its series; else the newest."""
    after = events.last_id()
    vehicle = reach(Vehicle.objects.select_related("seller"), request.user, Right.VIEW, pk=pk)
    rows = CarSeries.objects.filter(vehicle=vehicle).select_related("series", "vehicle")
    known = list(rows.order_by("-pk")[:SERIES_SHOWN])
    wanted = request.GET.get("series")
    chosen = next((one for one in known if one.series.session == wanted), None) if wanted else None
    if wanted and chosen is None:
        chosen = rows.filter(series__session=wanted).first()
        if chosen is None:
            raise Http404
    chosen = chosen or (known[0] if known else None)
    context = page_of(request, vehicle, chosen, known) | {"after": after}
    return page_or_part(request, "vehicles/vehicle.html", "vehicles/vehicle_body.html", context)


def page_of(
    request: PersonRequest,
    vehicle: Vehicle,
    chosen: CarSeries | None,
    known: list[CarSeries],
    *,
    form: SeriesForm | None = None,
) -> dict[str, Any]:
    rights = rights_of(request.user, vehicle.seller_id)
    shown = series_shown(chosen) if chosen else None
    return {
        "vehicle": vehicle,
        "badge": badge_shown(vehicle),
        "photo": photo_address(vehicle),
        "untold": untold_words(vehicle),
        "shown": shown,
        "known": known if len(known) > 1 else [],
        "form": (form or SeriesForm(initial={"session": series.new_session()})) if RIGHT in rights else None,
        "left": quota.left(vehicle.seller, request.user.pk) if RIGHT in rights else None,
        "rights": rights,
        "is_live": shown is not None and shown.is_live,
        "part_address": f"{request.path}?series={chosen.series.session}" if chosen else request.path,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def vehicle_change(request: PersonRequest, pk: int) -> HttpResponse:
    vehicle = reach(Vehicle.objects.select_related("seller"), request.user, RIGHT, pk=pk)
    form = VehicleForm(request.POST or None, vehicle=vehicle)
    if request.method == "POST" and form.is_valid():
        changing.change(vehicle, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("vehicle", pk=pk)
    context = {"form": form, "vehicle": vehicle}
    return render(request, "vehicles/vehicle_change.html", context, status=422 if form.errors else 200)


@require_POST
def vehicle_removal(request: PersonRequest, pk: int) -> HttpResponse:
    vehicle = reach(Vehicle.objects.select_related("seller"), request.user, RIGHT, pk=pk)
    name = str(vehicle)
    changing.remove(vehicle, by=request.user)
    messages.success(request, _("«%(name)s» was taken away with its pictures.") % {"name": name})
    return redirect("vehicles")


@require_POST
def vehicle_photo(request: PersonRequest, pk: int) -> HttpResponse:
    """A file: in place of the photo before. `away`: no photo any longer."""
    vehicle = reach(Vehicle.objects, request.user, RIGHT, pk=pk)
    if request.POST.get("away"):
        photos.take_away(vehicle, by=request.user)
    elif not _take_photo(request, vehicle) and "photo" not in request.FILES:
        messages.warning(request, _("Choose a file first."))
    return redirect("vehicle", pk=pk)


@require_safe
def vehicle_photo_file(request: PersonRequest, pk: int, digest: str, size: str) -> HttpResponseBase:
    vehicle = reach(Vehicle.objects, request.user, Right.VIEW, pk=pk, photo_digest=digest)
    photo = vehicle.photo
    if size not in set(Size) or photo is None:
        raise Http404
    return file_of(request, photo, Size(size))


def _take_photo(request: PersonRequest, vehicle: Vehicle) -> bool:
    """Whether there was one and it was taken; what is wrong with it is said on the next page."""
    file = request.FILES.get("photo")
    if file is None:
        return False
    try:
        photos.put(vehicle, photos.read(file), by=request.user)
    except PictureRefused as refused:
        messages.warning(
            request, _(refused.sentence) % refused.values if refused.values else _(refused.sentence)
        )
        return False
    except OSError:
        messages.warning(request, _("The photo could not be kept just now. Try again in a moment."))
        return False
    return True
