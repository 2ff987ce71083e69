"""Texts of a seller's other products that are nearly the same, found by a few marks of every text on a card.

The marks are the smallest hashes of a text's four-word runs. Two texts that share a part s of their runs share each of
those with chance s, so at s = 0.7 fewer than two of six are shared by one pair in 90. A text that is applied while another run is being
checked is missed by that run; the next run of either finds it.
"""

from __future__ import annotations

from collections import Counter

from vitrina.catalog.models import ProductContent
from vitrina.enrichment.checks.duplicates import OtherText, fingerprint
from vitrina.enrichment.models import TextMark
from vitrina.lib.html import to_text

MARKS = 6
LOOKED_AT = 200  # rows of marks; a phrase that stands in every text of a shop brings thousands
LEAST_SHARED = 2  # of two long texts that are nearly the same, one pair in 90 shares fewer
COMPARED = 2
SIGNED = 2**63  # a column of 64 bits has a sign, a hash has none


def remember(content: ProductContent, *, seller_id: int, is_new: bool = False) -> None:
    """Keep the marks of a card's text as it is now, in the transaction that wrote it."""
    if not is_new:
        TextMark.objects.filter(content=content).delete()
    text = to_text(content.description or content.short_description)
    TextMark.objects.bulk_create(
        TextMark(seller_id=seller_id, product_id=content.product_id, content=content, value=value)
        for value in marks_of(text)
    )


def likest(text: str, *, seller_id: int, product_id: int) -> list[OtherText]:
    """The seller's texts that have most marks in common with this plain one, at most two. One or two queries."""
    marks = marks_of(text)
    # In no order: the index is left as soon as enough is seen.
    shared = TextMark.objects.filter(seller_id=seller_id, value__in=marks).values_list(
        "content_id", "product_id"
    )
    found = Counter(pk for pk, owner in shared[:LOOKED_AT] if owner != product_id)
    least = min(LEAST_SHARED, len(marks))
    counted = [(pk, count) for pk, count in found.most_common(COMPARED) if count >= least]
    if not counted:
        return []
    contents = ProductContent.objects.select_related("product").only(
        "description", "short_description", "product__title"
    )
    known = contents.in_bulk([pk for pk, _ in counted])
    return [
        OtherText(row.product_id, row.product.title, to_text(row.description or row.short_description))
        for pk, _ in counted
        if (row := known.get(pk)) is not None
    ]


def marks_of(text: str) -> list[int]:
    return [value - SIGNED for value in fingerprint(text)[:MARKS]]
