"""What is remembered of a site's pages, in rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from vitrina.catalog.sources.models import Source, SourcePage
from vitrina.channels.web.site import Answer, Due

ROWS = 500  # of one statement
# Not every site map tells the truth about changes: a page that it calls unchanged is asked for all the same so often,
TRUSTED_FOR = timedelta(days=7)
# and one that showed no product is looked at again after so long.
NO_PRODUCT_FOR = timedelta(days=30)


class PageMemory:
    """`channels.web.site.Pages` of one source."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def list(self, pages: Mapping[str, str]) -> int:
        addresses = list(pages)
        with transaction.atomic():
            self._rows().filter(is_listed=True).update(is_listed=False)
            for start in range(0, len(addresses), ROWS):
                SourcePage.objects.bulk_create(
                    [
                        SourcePage(
                            source=self._source, address=address, changed=pages[address], is_listed=True
                        )
                        for address in addresses[start : start + ROWS]
                    ],
                    update_conflicts=True,
                    unique_fields=["source", "address"],
                    update_fields=["changed", "is_listed"],
                )
        return len(addresses)

    def resting(self, began: datetime) -> int:
        resting = self._rows().filter(is_listed=True).filter(_at_rest(began))
        return resting.aggregate(cards=Sum("cards"))["cards"] or 0

    def due(self, began: datetime, most: int) -> Sequence[Due]:
        rows = (
            self._rows()
            .filter(Q(asked_at=None) | Q(asked_at__lt=began), is_listed=True)
            .exclude(_at_rest(began))
            .order_by(F("asked_at").asc(nulls_first=True), "pk")[: max(most, 0)]
        )
        return [Due(row.pk, row.address, row.changed, row.etag, row.last_modified, row.cards) for row in rows]

    def keep(self, answers: Sequence[Answer]) -> None:
        now = timezone.now()
        for answer in answers:
            row = self._rows().filter(pk=answer.number)
            if answer.is_new:
                row.update(
                    asked_at=now,
                    answered_at=now,
                    taken_changed=answer.changed,
                    etag=answer.etag,
                    last_modified=answer.last_modified,
                    cards=answer.cards,
                )
            elif answer.is_same:
                row.update(asked_at=now, answered_at=now, taken_changed=answer.changed)
            else:
                row.update(asked_at=now)

    def _rows(self) -> QuerySet[SourcePage]:
        return SourcePage.objects.filter(source=self._source)


def _at_rest(began: datetime) -> Q:
    """Not worth asking for in the pass that began then."""
    says_the_same = Q(changed=F("taken_changed")) & ~Q(changed="")
    return Q(answered_at__isnull=False) & (
        (says_the_same & Q(answered_at__gte=began - TRUSTED_FOR))
        | (Q(cards=0, changed=F("taken_changed")) & Q(answered_at__gte=began - NO_PRODUCT_FOR))
    )
