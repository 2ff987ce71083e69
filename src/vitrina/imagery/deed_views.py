"""What is done with pictures on their pages: a new one, once more, other options, cancel, delete."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.imagery import asking, deleting, quota
from vitrina.imagery.asking import PicturesSpent, QueueFull
from vitrina.imagery.forms import PictureForm, RedoForm, said_of
from vitrina.imagery.free_text import scene_of, title_of
from vitrina.imagery.models import GeneratedImage
from vitrina.imagery.options import Options
from vitrina.imagery.scene import Recipe, Scene
from vitrina.jobs.enqueue import Priority

RIGHT = Right.ILLUSTRATE
MOST_COUNTED = 10  # sellers whose pictures that are left are counted for the page


@require_http_methods(["GET", "HEAD", "POST"])
def image_addition(request: PersonRequest) -> HttpResponse:
    sellers = Seller.objects.reachable_by(request.user, RIGHT).order_by("name")
    if not sellers:
        raise PermissionDenied
    form = PictureForm(
        request.POST or None, sellers=sellers, initial={"seller": request.GET.get("seller") or sellers[0].pk}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            image = asking.ask_for(
                given["seller"],
                scene_of(given["text"], is_high_quality=given["is_high_quality"]),
                title=title_of(given["text"]),
                options=form.options(is_forced=given["is_forced"]),
                by=request.user,
                priority=Priority.OPERATOR,
            )
        except (PicturesSpent, QueueFull) as refused:
            form.add_error(None, str(refused))
        else:
            if not image.is_under_way:
                messages.info(request, _("The same was drawn before: here it is, and nothing was spent."))
            return redirect("image", pk=image.pk)
    left = [(one, quota.left(one, request.user.pk)) for one in sellers[:MOST_COUNTED]]
    context = {"form": form, "left": left, "one_seller": len(sellers) == 1}
    return render(request, "imagery/addition.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def image_change(request: PersonRequest, pk: int) -> HttpResponse:
    """The same subject with other options: a new picture, the old one stays."""
    image = reach(GeneratedImage.objects.select_related("seller", "series"), request.user, RIGHT, pk=pk)
    scene, options = Scene.model_validate(image.scene), Options.model_validate(image.options)
    is_free = scene.recipe == Recipe.FREE
    form = RedoForm(
        request.POST or None, is_free=is_free, initial=said_of(options) | {"text": scene.parts[0]}
    )
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data.get("text", "")
        try:
            made = asking.redo(
                image,
                form.options(is_forced=True),
                by=request.user,
                scene=scene.model_copy(update={"parts": scene_of(text).parts}) if is_free else None,
            )
        except (PicturesSpent, QueueFull) as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("image", pk=made.pk)
    context = {"form": form, "image": image, "left": quota.left(image.seller, request.user.pk)}
    return render(request, "imagery/change.html", context, status=422 if form.errors else 200)


@require_POST
def image_repetition(request: PersonRequest, pk: int) -> HttpResponse:
    """The same with another seed."""
    image = reach(GeneratedImage.objects.select_related("seller", "series"), request.user, RIGHT, pk=pk)
    try:
        made = asking.redo(image, by=request.user)
    except (PicturesSpent, QueueFull) as refused:
        messages.error(request, str(refused))
        return redirect("image", pk=pk)
    return redirect("image", pk=made.pk)


@require_POST
def image_cancellation(request: PersonRequest, pk: int) -> HttpResponse:
    image = reach(GeneratedImage.objects, request.user, RIGHT, pk=pk)
    if not asking.cancel(image, by=request.user):
        messages.info(request, _("It had ended already."))
    return redirect("image", pk=pk)


@require_POST
def image_deletion(request: PersonRequest, pk: int) -> HttpResponse:
    image = reach(GeneratedImage.objects, request.user, RIGHT, pk=pk)
    title = image.title
    deleting.delete(image, by=request.user)
    messages.success(request, _("«%(title)s» was deleted.") % {"title": title})
    return redirect("images")
