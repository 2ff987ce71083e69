"""The sellers of whoever asks, with what they may do in each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import ApiToken, Membership, Seller, User
from vitrina.accounts.roles import RIGHTS, Right, Role
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Shown
from vitrina.rest.paging import PageAsked, page


class SellerShown(Shown):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a member of the answer
    language = serializers.CharField()
    currency = serializers.CharField()
    target = serializers.CharField(allow_blank=True)
    rights = serializers.ListField(child=serializers.ChoiceField([right.value for right in Right]))


EXAMPLE = {
    "id": 1,
    "name": "Маяк",
    "slug": "mayak",
    "source": "feed",
    "language": "ru",
    "currency": "RUB",
    "target": "wildberries",
    "rights": ["enrich", "export", "view"],
}


class SellersDoor(Door):
    @operation(
        _("List sellers"),
        words=_("The sellers that you are a member of; `rights` is what this very token may do in each."),
        answers=SellerShown,
        is_list=True,
        query=PageAsked,
        examples=[Example(EXAMPLE)],
    )
    def get(self, request: ApiRequest) -> Response:
        rows = Seller.objects.reachable_by(request.user)
        return Response(page(request, rows, lambda found: shown(found, request), self.asked))


class SellerDoor(Door):
    @operation(_("One seller"), answers=SellerShown, examples=[Example(EXAMPLE)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        found = reach(Seller.objects, request.user, Right.VIEW, pk=pk)
        return Response(shown([found], request)[0])


def shown(sellers: Sequence[Seller], request: ApiRequest) -> list[dict[str, Any]]:
    """One query for all."""
    rights = _rights(request.user, [seller.pk for seller in sellers])
    if isinstance(request.auth, ApiToken):
        scopes = set(request.auth.scopes)
        rights = {pk: {right for right in own if right.value in scopes} for pk, own in rights.items()}
    return [
        {
            "id": seller.pk,
            "name": seller.name,
            "slug": seller.slug,
            "source": seller.source,
            "language": seller.language,
            "currency": seller.currency,
            "target": seller.target,
            "rights": sorted(right.value for right in rights.get(seller.pk, set())),
        }
        for seller in sellers
    ]


def _rights(user: User, ids: list[int]) -> dict[int, set[Right]]:
    if user.is_superuser:
        return {pk: set(Right) for pk in ids}
    roles = Membership.objects.filter(user=user, seller_id__in=ids).values_list("seller_id", "role")
    return {pk: set(RIGHTS[Role(role)]) for pk, role in roles if role in set(Role)}
