"""Products of the same seller that are like one, by the words of their titles: no model is asked.

Candidates come from the database (the same category, the same rare words), at most a few hundred; they are ranked by
the cosine of their titles' character n-grams, the encoding of the vector index.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from django.db.models import QuerySet

from vitrina.catalog.models import Product
from vitrina.lib.text import fold
from vitrina.retrieval.sparse import SparseVector, encode_document

PER_WAY = 200
LEAST = 0.15  # below this two titles share but an ending


def similar(product: Product, *, limit: int) -> list[tuple[Product, float]]:
    """The most alike first, with a score from 0 to 1. At most four queries, each bounded."""
    candidates = {row.pk: row for way in _ways(product) for row in way}
    own = encode_document([product.title])
    scored = [(row, cosine(own, encode_document([row.title]))) for row in candidates.values()]
    alike = [(row, round(score, 4)) for row, score in scored if score >= LEAST]
    return sorted(alike, key=lambda pair: (-pair[1], pair[0].pk))[:limit]


def cosine(one: SparseVector, other: SparseVector) -> float:
    values = dict(zip(one.indices, one.values, strict=True))
    shared = sum(
        values.get(index, 0.0) * value for index, value in zip(other.indices, other.values, strict=True)
    )
    lengths = math.hypot(*one.values) * math.hypot(*other.values)
    return shared / lengths if lengths else 0.0


def _ways(product: Product) -> Sequence[QuerySet[Product]]:
    others = (
        Product.objects.filter(seller_id=product.seller_id)
        .exclude(pk=product.pk)
        .select_related("brand", "category")
        .defer("description", "attributes", "ai_extracted")
        .order_by("-pk")
    )
    ways = [others.filter(category_id=product.category_id)[:PER_WAY]] if product.category_id else []
    words = telling_words(product.title)
    if len(words) > 1:
        ways.append(
            others.filter(search_text__contains=words[0]).filter(search_text__contains=words[1])[:PER_WAY]
        )
    ways += [others.filter(search_text__contains=word)[:PER_WAY] for word in words[:2]]
    return ways


def telling_words(title: str) -> Sequence[str]:
    """The longest words of a title, without their endings: what is long is rarely common."""
    words = {word for word in re.findall(r"\w+", fold(title)) if len(word) > 3 and not word.isdigit()}
    return [word[: max(4, len(word) - 2)] for word in sorted(words, key=lambda word: (-len(word), word))]
