"""Two pages of one site that show the same id: the first one stays, or each look would change the product twice."""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.catalog.listing import Listing, Remark
from vitrina.catalog.models import Product
from vitrina.catalog.sources.models import Source, SourceKind, SourcePage
from vitrina.lib.sentences import gettext_noop

ELSEWHERE = gettext_noop("the id %(id)s is on the page %(page)s too; that one is kept")


def parted(source: Source, listings: Sequence[Listing]) -> tuple[list[Listing], list[tuple[str, Remark]]]:
    """Those to take in, and the ids that another page of the site owns. Two queries at most."""
    if source.kind != SourceKind.SITE or not listings:
        return list(listings), []
    known = dict(
        Product.objects.filter(
            seller_id=source.seller_id, external_id__in=[listing.external_id for listing in listings]
        ).values_list("external_id", "source_url")
    )
    others = {
        known[listing.external_id]
        for listing in listings
        if known.get(listing.external_id) not in (None, "", listing.source_url)
    }
    owners = set(
        SourcePage.objects.filter(source=source, address__in=others, is_listed=True, cards__gt=0).values_list(
            "address", flat=True
        )
        if others
        else ()
    )
    taken, elsewhere = [], []
    for listing in listings:
        page = known.get(listing.external_id, "")
        if page != listing.source_url and page in owners:
            elsewhere.append(
                (listing.external_id, Remark(ELSEWHERE, {"id": listing.external_id, "page": page}))
            )
        else:
            taken.append(listing)
    return taken, elsewhere
