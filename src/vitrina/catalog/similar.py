"""Products of the same seller that are like one, by the words of their titles and by their pictures: no model is asked.

Candidates come from the database (the same category, the same rare words), at most a few hundred; they are ranked by
the cosine of their titles' character n-grams, the encoding of the vector index. Nearly the same first picture is a
likeness of its own: the better of the two counts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from vitrina.catalog.duplicates.pairing import NEAR
from vitrina.catalog.models import Product, ProductImage
from vitrina.catalog.pictures.models import Picture
from vitrina.lib.pictures.likeness import distance
from vitrina.lib.text import fold
from vitrina.retrieval.sparse import SparseVector, encode_document

PER_WAY = 200
MOST_PICTURES = 20_000  # the newest of a seller; comparing them takes some milliseconds
LEAST = 0.15  # below this two titles share but an ending


@dataclass(frozen=True, slots=True)
class Alike:
    """`score` from 0 to 1; `by`: "words", "picture", what it rests on."""

    product: Product
    score: float
    by: tuple[str, ...]


def similar(product: Product, *, limit: int) -> list[Alike]:
    """The most alike first. At most eight queries, each bounded."""
    titles = {pk: title for way in _ways(product) for pk, title in way.values_list("pk", "title")}
    seen = _by_picture(product)
    missing = [pk for pk in seen if pk not in titles]
    titles |= dict(_others(product).filter(pk__in=missing).values_list("pk", "title")) if missing else {}
    own = encode_document([product.title])
    found: list[tuple[float, int, tuple[str, ...]]] = []
    for pk, title in titles.items():
        by_words, by_picture = cosine(own, encode_document([title])), seen.get(pk, 0.0)
        by = tuple(name for name, score in (("words", by_words), ("picture", by_picture)) if score >= LEAST)
        if by:
            found.append((round(max(by_words, by_picture), 4), pk, by))
    best = sorted(found, key=lambda one: (-one[0], one[1]))[:limit]
    # Whole rows of those alone that are shown: making hundreds of them cost more than finding them.
    rows = _others(product).select_related("brand", "category").in_bulk([pk for _, pk, _ in best])
    return [Alike(rows[pk], score, by) for score, pk, by in best if pk in rows]


def _by_picture(product: Product) -> dict[int, float]:
    """Products whose first picture is nearly the same, with the share of bits that are equal."""
    own = product.images.filter(picture__isnull=False).order_by("position", "pk").first()
    if own is None or own.picture is None:
        return {}
    likeness = own.picture.likeness
    # Of the index alone: numbers, not rows.
    known = Picture.objects.filter(seller_id=product.seller_id).order_by("-pk")[:MOST_PICTURES]
    apart = {
        pk: bits
        for pk, other in known.values_list("pk", "likeness")
        if (bits := distance(likeness, other)) <= NEAR
    }
    near = sorted(apart, key=lambda pk: (apart[pk], pk))[:PER_WAY]
    places = ProductImage.objects.filter(
        picture_id__in=near, product__seller_id=product.seller_id, position=own.position
    )
    return {
        place.product_id: 1 - apart[place.picture_id or 0] / 64
        for place in places.exclude(product_id=product.pk)[:PER_WAY]
    }


def cosine(one: SparseVector, other: SparseVector) -> float:
    values = dict(zip(one.indices, one.values, strict=True))
    shared = sum(
        values.get(index, 0.0) * value for index, value in zip(other.indices, other.values, strict=True)
    )
    lengths = math.hypot(*one.values) * math.hypot(*other.values)
    return shared / lengths if lengths else 0.0


def _ways(product: Product) -> Sequence[QuerySet[Product]]:
    others = _others(product)
    ways = [others.filter(category_id=product.category_id)[:PER_WAY]] if product.category_id else []
    words = telling_words(product.title)
    if len(words) > 1:
        ways.append(
            others.filter(search_text__contains=words[0]).filter(search_text__contains=words[1])[:PER_WAY]
        )
    ways += [others.filter(search_text__contains=word)[:PER_WAY] for word in words[:2]]
    return ways


def _others(product: Product) -> QuerySet[Product]:
    return (
        Product.objects.filter(seller_id=product.seller_id)
        .exclude(pk=product.pk)
        .defer("description", "attributes", "ai_extracted")
        .order_by("-pk")
    )


def telling_words(title: str) -> Sequence[str]:
    """The longest words of a title, without their endings: what is long is rarely common."""
    words = {word for word in re.findall(r"\w+", fold(title)) if len(word) > 3 and not word.isdigit()}
    return [word[: max(4, len(word) - 2)] for word in sorted(words, key=lambda word: (-len(word), word))]
