"""May this request come in at all: somebody, with the right somewhere, and a token that carries the scope.

Which objects it reaches is asked by the door itself, through `accounts.doors.reach`.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from vitrina.accounts import two_factor
from vitrina.accounts.models import ApiToken, Seller
from vitrina.accounts.roles import Right
from vitrina.rest.problems import Problem


class MayEnter(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        operation = view.operation_of(request.method)
        if operation is None or operation.is_open:
            return True
        person = request.user
        check_person(person, request.auth)
        check_scope(request.auth, operation.right)
        if operation.right is not Right.VIEW and not (
            Seller.objects.reachable_by(person, operation.right).exists()
        ):
            raise PermissionDenied
        return True


def check_person(person: Any, auth: Any) -> None:
    """Raises NotAuthenticated, or PermissionDenied for somebody who has to do something else first.

    A second factor is owed by whoever signs in: a program has none, and its token was made by somebody who had.
    """
    if not person.is_authenticated:
        raise NotAuthenticated
    if person.must_change_password:
        raise PermissionDenied(_("Choose a new password in the console first; nothing else opens before."))
    if not isinstance(auth, ApiToken) and two_factor.is_owed(person):
        raise PermissionDenied(_("Set up the second factor in the console first; nothing else opens before."))


def check_scope(auth: Any, right: Right) -> None:
    """Raises Problem when a token lacks the scope; whoever came by a session has their own rights."""
    if isinstance(auth, ApiToken) and right.value not in auth.scopes:
        raise Problem(
            403,
            "scope",
            _("This needs the scope «%(scope)s»; the token has: %(scopes)s. Nothing was done.")
            % {"scope": right.value, "scopes": ", ".join(auth.scopes)},
            more={"scope": right.value},
        )
