"""How the marketplaces are read, for programs: when each channel last was, and reading them now."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.channels.marketplaces import WITHOUT_BUYERS
from vitrina.channels.models import Connection
from vitrina.inbox import api_shapes, jobs
from vitrina.jobs.api_shapes import shown as jobs_shown
from vitrina.jobs.states import Priority
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Given, Id
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem


class ReadingsAsked(PageAsked):
    seller = Id(required=False)


class InteractionsReadingsDoor(Door):
    @operation(
        _("How the marketplaces are read"),
        words=_(
            "Each connection with its channels: when it was last read to its end, and what stands in the way."
        ),
        query=ReadingsAsked,
        answers=api_shapes.ReadingsShown,
        is_list=True,
        examples=[Example(api_shapes.READINGS)],
    )
    def get(self, request: ApiRequest) -> Response:
        rows = Connection.objects.reachable_by(request.user).connected()
        rows = rows.exclude(platform__in=WITHOUT_BUYERS)
        if "seller" in self.asked:
            rows = rows.filter(seller_id=self.asked["seller"])
        return Response(page(request, rows, api_shapes.readings, self.asked))


class SyncGiven(Given):
    seller = Id()
    connection = Id(required=False, help_text=_("Without it all of the seller's that are in use."))


class InteractionsSyncDoor(Door):
    @operation(
        _("Read the marketplaces now"),
        words=_(
            "They are read every five minutes by themselves. One that waits or is being read already is that one."
        ),
        right=Right.REPLY,
        body=SyncGiven,
        answers=api_shapes.SyncAccepted,
        status=202,
        once=True,
        examples=[Example({"seller": 1}, is_given=True), Example({"jobs": [api_shapes.SYNC_JOB]})],
        refusals=[404],
    )
    def post(self, request: ApiRequest) -> Response:
        seller = reach(Seller.objects, request.user, Right.REPLY, pk=self.given["seller"])
        found = Connection.objects.on().filter(seller=seller).exclude(platform__in=WITHOUT_BUYERS)
        if "connection" in self.given:
            found = found.filter(pk=self.given["connection"])
        connections = list(found.order_by("pk"))
        if not connections and "connection" in self.given:
            words = gettext("The seller has no such connection in use. Nothing was begun.")
            raise Problem(422, "invalid", words, errors={"connection": [words]})
        if not connections:
            raise Problem(
                409, "conflict", gettext("No marketplace of this seller is connected. Nothing was begun.")
            )
        with transaction.atomic():
            begun = [
                jobs.enqueue_sync(one, priority=Priority.OPERATOR, by_id=request.user.pk)
                for one in connections
            ]
        return Response({"jobs": jobs_shown(begun)}, status=202)
