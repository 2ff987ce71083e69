"""Starting runs for programs: of one product, and of many."""

from __future__ import annotations

from typing import Any, get_args

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Product
from vitrina.enrichment import api_shapes, runs
from vitrina.enrichment.api_logs import started
from vitrina.enrichment.options import Language, NothingAsked, RunOptions
from vitrina.enrichment.selection import Selection, Wanting
from vitrina.jobs.api_shapes import JOB, Accepted, accepted
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Given, Id, Text
from vitrina.rest.problems import Problem, told_as

MOST_PRODUCTS = 5_000
WANTING = {wanting.value or "anything": wanting for wanting in Wanting}
NAMED = 20  # unknown ids that a refusal names


def _nothing(error: NothingAsked) -> Problem:
    words = gettext("Nothing is switched on for this run: ask for a description or a category.")
    return Problem(422, "invalid", words, errors={"description": [words]})


told_as(NothingAsked, _nothing)


class WishesGiven(Given):
    description = Flag(required=False, default=True)
    categorize = Flag(
        required=False,
        allow_null=True,
        default=None,
        help_text=_("Null: only where there is no category yet."),
    )
    images = Flag(required=False, default=False, help_text=_("Not built yet: true is refused."))
    language = Choice(list(get_args(Language)), required=False, help_text=_("Without it the seller's."))
    require_attributes = Flag(
        required=False,
        default=False,
        help_text=_("A person looks where a required attribute is missing or said in two ways."),
    )
    short = Flag(required=False, default=False, help_text=_("One paragraph instead of the card."))
    force = Flag(required=False, default=False, help_text=_("A person's text may be overwritten."))
    fresh = Flag(required=False, default=False, help_text=_("Ask the models anew, stored answers or not."))
    remark = Text(
        required=False, default="", allow_blank=True, max_length=2000, help_text=_("Your words to the model.")
    )


class BatchGiven(WishesGiven):
    seller = Id()
    products = serializers.ListField(
        child=Id(),
        required=False,
        min_length=1,
        max_length=MOST_PRODUCTS,
        help_text=_("Without it all of them."),
    )
    category = Id(required=False)
    changed_in = Id(required=False, help_text=_("The import that brought or last changed them."))
    wanting = Choice(
        sorted(WANTING),
        required=False,
        default="this_run",
        help_text=_(
            "What they lack: a run with these wishes on the listing as it is, a category, a text, or anything."
        ),
    )


class ProcessProductDoor(Door):
    @operation(
        _("Enrich a product"),
        words=_(
            "`is_new` is false where the product is in work already: that run is told, and knows nothing of these wishes."
        ),
        right=Right.ENRICH,
        body=WishesGiven,
        answers=api_shapes.LogAccepted,
        status=202,
        once=True,
        examples=[
            Example({"description": True, "language": "ru"}, is_given=True),
            Example(
                {
                    "job": JOB,
                    "log": api_shapes.LOG | {"status": "pending", "moderation": None},
                    "is_new": True,
                }
            ),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        product = reach(Product.objects.select_related("seller"), request.user, Right.ENRICH, pk=pk)
        return started(runs.start(product, options_of(self.given, product.seller), by=request.user))


class ProcessBatchDoor(Door):
    @operation(
        _("Enrich many products"),
        words=_("Of one seller. The job is a batch: it tells how far it is, and can be cancelled."),
        right=Right.ENRICH,
        body=BatchGiven,
        answers=Accepted,
        status=202,
        once=True,
        examples=[
            Example({"seller": 1, "wanting": "text", "categorize": False}, is_given=True),
            Example({"job": JOB | {"kind": "enrichment.batch", "state": "waiting", "is_batch": True}}),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest) -> Response:
        given = self.given
        seller = reach(Seller.objects, request.user, Right.ENRICH, pk=given["seller"])
        options = options_of(given, seller)
        # Refused at the door: a batch of runs that do nothing would «succeed».
        options.settled_for(has_category=False, has_images=False)
        chosen = given.get("products")
        if chosen is not None:
            _check(chosen, seller)
        selection = Selection(
            seller_id=seller.pk,
            product_ids=tuple(chosen) if chosen is not None else None,
            category_id=given.get("category"),
            changed_in=given.get("changed_in"),
            wanting=WANTING[given["wanting"]],
        )
        return accepted(runs.start_batch(selection, options, by=request.user, title=_title(chosen, seller)))


WISHES = ("categorize", "require_attributes", "short", "force", "fresh", "remark")


def options_of(given: dict[str, Any], seller: Seller) -> RunOptions:
    if given["images"]:
        raise Problem(
            422,
            "not-built",
            gettext("Pictures aren't analysed yet. Nothing was started; leave «images» out."),
        )
    wishes = {name: given[name] for name in WISHES}
    if "language" in given:
        wishes["language"] = given["language"]
    return runs.options_for(seller, describe=given["description"], use_images=False, **wishes)


def _check(chosen: list[int], seller: Seller) -> None:
    """Nothing is dropped in silence: an id that isn't the seller's refuses the batch."""
    known = set(Product.objects.filter(seller=seller, pk__in=chosen).values_list("pk", flat=True))
    unknown = [pk for pk in chosen if pk not in known]
    if unknown:
        words = gettext("The seller has no products %(ids)s. Nothing was started.") % {
            "ids": ", ".join(map(str, unknown[:NAMED])) + (" …" if len(unknown) > NAMED else "")
        }
        raise Problem(422, "invalid", words, errors={"products": [words]})


def _title(chosen: list[int] | None, seller: Seller) -> str:
    if chosen is None:
        return gettext("products of %(seller)s") % {"seller": seller}
    count = len(chosen)
    return ngettext("%(count)s selected product", "%(count)s selected products", count) % {"count": count}
