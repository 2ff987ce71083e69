"""Doors of a car's series: begun, an angle anew, what is missing, a picture by hand, two beside each other, the archive."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.roles import Right
from vitrina.imagery.asking import PicturesSpent, QueueFull
from vitrina.imagery.models import ImageStatus
from vitrina.lib import downloads
from vitrina.lib.asked import as_id
from vitrina.lib.pictures import PictureRefused
from vitrina.vehicles import angles, by_hand, photos, scorekeeping, series
from vitrina.vehicles.forms import SeriesForm
from vitrina.vehicles.models import CarSeries, Vehicle
from vitrina.vehicles.series import SeriesRefused
from vitrina.vehicles.views import RIGHT, page_of
from vitrina.vehicles.zipped import archive_name, zipped


@require_POST
def vehicle_series(request: PersonRequest, pk: int) -> HttpResponse:
    vehicle = reach(Vehicle.objects.select_related("seller"), request.user, RIGHT, pk=pk)
    form = SeriesForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            begun = series.begin(
                vehicle,
                angles=given["angles"],
                options=form.options,
                session=given["session"],
                by=request.user,
            )
        except (SeriesRefused, PicturesSpent, QueueFull) as refused:
            form.add_error(None, _(str(refused)))
        else:
            return redirect(address(begun))
    known = list(
        CarSeries.objects.filter(vehicle=vehicle).select_related("series", "vehicle").order_by("-pk")
    )
    context = page_of(request, vehicle, known[0] if known else None, known, form=form)
    return render(request, "vehicles/vehicle.html", context, status=422)


@require_POST
def car_angle(request: PersonRequest, pk: int) -> HttpResponse:
    """`angle`: drawn anew, or for the first time in this series."""
    one = _series(request, pk)
    identity = request.POST.get("angle", "")
    if not angles.known(identity):
        raise Http404
    try:
        series.redo(one, identity, by=request.user)
    except (SeriesRefused, PicturesSpent, QueueFull) as refused:
        messages.warning(request, _(str(refused)))
    return redirect(address(one))


@require_POST
def car_missing(request: PersonRequest, pk: int) -> HttpResponse:
    one = _series(request, pk)
    try:
        series.ask_missing(one, by=request.user)
    except (PicturesSpent, QueueFull) as refused:
        messages.warning(request, str(refused))
    return redirect(address(one))


@require_POST
def car_upload(request: PersonRequest, pk: int) -> HttpResponse:
    """A picture that was made elsewhere, as one angle of this series."""
    one = _series(request, pk)
    identity, file = request.POST.get("angle", ""), request.FILES.get("picture")
    if not angles.known(identity):
        raise Http404
    if file is None:
        messages.warning(request, _("Choose a file first."))
        return redirect(address(one))
    try:
        by_hand.put(one, identity, photos.read(file), by=request.user)
    except PictureRefused as refused:
        messages.warning(
            request, _(refused.sentence) % refused.values if refused.values else _(refused.sentence)
        )
    except OSError:
        messages.warning(request, _("The picture could not be kept just now. Try again in a moment."))
    return redirect(address(one))


@require_safe
def car_comparison(request: PersonRequest, pk: int) -> HttpResponse:
    """`left`, `right`: two finished pictures of the series; the pictures' own page shows them."""
    one = _series(request, pk, Right.VIEW)
    chosen = [as_id(request.GET.get(side, "")) for side in ("left", "right")]
    finished = one.series.images.filter(status=ImageStatus.COMPLETED, pk__in=[pk for pk in chosen if pk])
    if len(set(finished.values_list("pk", flat=True))) < 2:
        messages.warning(request, _("Choose two different pictures."))
        return redirect(address(one))
    return redirect("image_comparison", pk=chosen[0], other=chosen[1])


@require_safe
def car_archive(request: PersonRequest, pk: int) -> HttpResponseBase:
    one = _series(request, pk, Right.VIEW)
    pictures = scorekeeping.finished(one)
    if not pictures:
        raise Http404
    try:
        stream = zipped(one, pictures)
    except FileNotFoundError as error:
        raise Http404 from error
    return downloads.file(request, stream, archive_name(one), "application/zip")


def address(one: CarSeries) -> str:
    return f"{reverse('vehicle', args=[one.vehicle_id])}?series={one.series.session}"


def _series(request: PersonRequest, pk: int, right: Right = RIGHT) -> CarSeries:
    rows = CarSeries.objects.select_related("series__seller", "vehicle__seller")
    return reach(rows, request.user, right, pk=pk)
