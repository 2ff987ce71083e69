"""Doors: the people of a seller, invitations, and for superusers everybody."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts import inviting, membering, people, sessions, two_factor
from vitrina.accounts.doors import PersonRequest, reach, sellers_of
from vitrina.accounts.forms import InvitationForm
from vitrina.accounts.membering import LastAdmin
from vitrina.accounts.models import ApiToken, Invitation, Membership, Seller, TwoFactor, User
from vitrina.accounts.pages import by_key
from vitrina.accounts.people import LastSuperuser
from vitrina.accounts.proving import is_fresh, require_fresh_password
from vitrina.accounts.role_words import role_choices
from vitrina.accounts.roles import Right, Role

PAGE = 50


@never_cache
@require_safe
def people_page(request: PersonRequest) -> HttpResponse:
    sellers = sellers_of(request.user, Right.MANAGE_SELLER)
    if not sellers:
        if request.user.is_superuser:
            return redirect("settings_people_everybody")
        raise PermissionDenied
    wanted = request.GET.get("seller", "")
    seller = next((one for one in sellers if str(one.pk) == wanted), sellers[0])
    return _people(request, seller, sellers)


def _people(
    request: PersonRequest, seller: Seller, sellers: list[Seller], *, status: int = 200, **more: Any
) -> HttpResponse:
    screen = by_key(Membership.objects.filter(seller=seller).select_related("user"), request, size=PAGE)
    guarded = set(
        TwoFactor.objects.filter(user__in=[row.user_id for row in screen.rows]).values_list(
            "user_id", flat=True
        )
    )
    context = {
        "seller": seller,
        "sellers": sellers,
        "slice": screen,
        "members": [
            {
                "membership": row,
                "person": row.user,
                "roles": role_choices(besides=row.role),
                "is_guarded": row.user_id in guarded,
            }
            for row in screen.rows
        ],
        "invitations": list(
            Invitation.objects.open()
            .filter(seller=seller)
            .select_related("created_by")
            .order_by("-pk")[:PAGE]
        ),
        "form": InvitationForm(),
        "is_fresh": is_fresh(request),
    }
    return render(request, "accounts/people.html", context | more, status=status)


@never_cache
@require_POST
def invitations_door(request: PersonRequest, pk: int) -> HttpResponse:
    """Make an invitation into the seller `pk`; its link is shown in this answer and never again."""
    seller = reach(Seller.objects, request.user, Right.MANAGE_SELLER, pk=pk)
    require_fresh_password(request)
    form = InvitationForm(request.POST)
    sellers = sellers_of(request.user, Right.MANAGE_SELLER)
    if not form.is_valid():
        return _people(request, seller, sellers, status=422, form=form)
    made = inviting.invite(seller, form.cleaned_data["role"], name=form.cleaned_data["name"], by=request.user)
    return _people(request, seller, sellers, made=made, link=_link(request, made))


@require_POST
def invitation_withdrawal(request: PersonRequest, pk: int) -> HttpResponse:
    invitation = reach(Invitation.objects, request.user, Right.MANAGE_SELLER, pk=pk)
    if inviting.withdraw(invitation, by=request.user):
        messages.success(request, _("The invitation is withdrawn; its link opens nothing now."))
    else:
        messages.info(request, _("This invitation was over already."))
    return _to_people(invitation.seller_id)


@require_POST
def membership_role(request: PersonRequest, pk: int) -> HttpResponse:
    membership = reach(Membership.objects.select_related("user"), request.user, Right.MANAGE_SELLER, pk=pk)
    require_fresh_password(request)
    role = request.POST.get("role", "")
    if role not in set(Role):
        messages.error(request, _("There is no such role; nothing was changed."))
        return _to_people(membership.seller_id)
    try:
        if membering.change_role(membership, role, by=request.user):
            messages.success(
                request, _("The role of %(name)s is changed.") % {"name": membership.user.username}
            )
    except LastAdmin:
        _say_last_admin(request)
    return _to_people(membership.seller_id)


@require_POST
def membership_removal(request: PersonRequest, pk: int) -> HttpResponse:
    membership = reach(Membership.objects.select_related("user"), request.user, Right.MANAGE_SELLER, pk=pk)
    require_fresh_password(request)
    try:
        if membering.remove(membership, by=request.user):
            messages.success(
                request,
                _("%(name)s doesn't belong to the seller any more.") % {"name": membership.user.username},
            )
    except LastAdmin:
        _say_last_admin(request)
    if membership.user_id == request.user.pk:
        return redirect("settings")
    return _to_people(membership.seller_id)


@never_cache
@require_safe
def everybody_page(request: PersonRequest) -> HttpResponse:
    _superusers_only(request)
    rows = User.objects.all()
    wanted = request.GET.get("q", "").replace("\0", "").strip()[:150]
    if wanted:
        rows = rows.filter(username__istartswith=wanted)
    context = {"slice": by_key(rows, request, size=PAGE), "q": wanted}
    return render(request, "accounts/everybody.html", context)


@never_cache
@require_safe
def person_page(request: PersonRequest, pk: int) -> HttpResponse:
    return _person(request, _person_of(request, pk))


def _person(request: PersonRequest, person: User, **more: Any) -> HttpResponse:
    context = {
        "person": person,
        "memberships": list(
            Membership.objects.filter(user=person).select_related("seller").order_by("seller__name")[:PAGE]
        ),
        "is_guarded": two_factor.is_on(person),
        "is_fresh": is_fresh(request),
        "sessions": list(sessions.open_of(person)[:PAGE]),
        "tokens": list(ApiToken.objects.filter(user=person, revoked_at=None).order_by("-pk")[:PAGE]),
    }
    return render(request, "accounts/person.html", context | more)


@require_POST
def person_activity(request: PersonRequest, pk: int) -> HttpResponse:
    """Close the account, or open it again (`on`)."""
    person = _person_of(request, pk)
    require_fresh_password(request)
    try:
        if request.POST.get("on"):
            people.switch_on(person, by=request.user)
            messages.success(request, _("The account is open again."))
        elif people.switch_off(person, by=request.user):
            messages.success(
                request, _("The account is closed; its sessions are ended, its tokens open nothing.")
            )
    except LastSuperuser:
        _say_last_superuser(request)
    return redirect("settings_people_person", pk=pk)


@require_POST
def person_superuser(request: PersonRequest, pk: int) -> HttpResponse:
    person = _person_of(request, pk)
    require_fresh_password(request)
    try:
        people.set_superuser(person, bool(request.POST.get("on")), by=request.user)
    except LastSuperuser:
        _say_last_superuser(request)
    else:
        messages.success(request, _("Saved."))
    if pk == request.user.pk and not request.POST.get("on"):
        return redirect("settings")
    return redirect("settings_people_person", pk=pk)


@require_POST
def person_two_factor_reset(request: PersonRequest, pk: int) -> HttpResponse:
    person = _person_of(request, pk)
    require_fresh_password(request)
    if two_factor.switch_off(person, by=request.user):
        messages.success(
            request,
            _("The second factor of %(name)s is off; they can set up a new one.") % {"name": person.username},
        )
    return redirect("settings_people_person", pk=pk)


@never_cache
@require_POST
def person_password_link(request: PersonRequest, pk: int) -> HttpResponse:
    person = _person_of(request, pk)
    require_fresh_password(request)
    made = inviting.offer_new_password(person, by=request.user)
    return _person(request, person, made=made, link=_link(request, made))


def _person_of(request: PersonRequest, pk: int) -> User:
    _superusers_only(request)
    return get_object_or_404(User, pk=pk)


def _superusers_only(request: PersonRequest) -> None:
    if not request.user.is_superuser:
        raise PermissionDenied


def _link(request: PersonRequest, made: inviting.Made) -> str:
    return request.build_absolute_uri(reverse("invitation", args=[made.secret]))


def _to_people(seller_id: int | None) -> HttpResponse:
    return redirect(f"{reverse('settings_people')}?seller={seller_id}")


def _say_last_admin(request: PersonRequest) -> None:
    messages.error(
        request,
        _(
            "This is the seller's last administrator. Give the role to somebody else first; nothing was changed."
        ),
    )


def _say_last_superuser(request: PersonRequest) -> None:
    messages.error(
        request,
        _("This is the last superuser. Make somebody else a superuser first; nothing was changed."),
    )
