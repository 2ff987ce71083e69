"""The categories that a product may belong to: the nearest by name, path, synonyms and confirmed products."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.generators.categorize.neighbours import KIND, title_text
from vitrina.enrichment.generators.categorize.schema import Candidate
from vitrina.enrichment.known_categories import known_categories
from vitrina.retrieval.collections import CATEGORIES
from vitrina.retrieval.nearest import GroupHit, nearest, nearest_groups

CANDIDATES = 20
NEIGHBOURS = 40  # confirmed products asked for examples
EXAMPLES = 2
DETAIL_CHARACTERS = 300  # of the description; what comes later tells little of the kind of thing


def candidates(
    facts: ProductFacts, *, seller_id: int | None, tree: str = "", item_type: str = "", examples: bool = True
) -> list[Candidate]:
    """Up to 20 leaves of one tree, the most similar first. `item_type`: what the pictures show.

    Costs two searches, and a query where a category is seen for the first time; without `examples` one search less.
    """
    text, detail = query_text(facts, item_type)
    hits = nearest_groups(
        CATEGORIES,
        text,
        seller_id=seller_id,
        limit=CANDIDATES,
        where={"tree": tree, "is_leaf": True},
        detail=detail,
    )
    like = _examples(hits, text, seller_id) if examples else {}
    # The index may still know a category that was just taken out of use.
    known = known_categories([int(hit.name) for hit in hits], seller_id=seller_id)
    return [
        Candidate(
            id=row.id,
            name=row.name,
            path=row.path,
            parent_id=row.parent_id,
            parent_path=row.parent_path,
            attributes=tuple(one.name for one in row.attribute_schema),
            similarity=hit.score,
            confirmed=hit.members,
            examples=tuple(like.get(hit.name, ())),
        )
        for hit in hits
        if (row := known.get(int(hit.name))) is not None
    ]


def query_text(facts: ProductFacts, item_type: str = "") -> tuple[str, str]:
    """What the product is searched by, and what counts less."""
    lines = [title_text(facts.title, facts.brand), item_type, facts.category_hint]
    return "\n".join(line for line in lines if line), facts.description[:DETAIL_CHARACTERS]


def _examples(hits: Sequence[GroupHit], text: str, seller_id: int | None) -> dict[str, list[str]]:
    """Titles of the nearest confirmed products by category."""
    found: dict[str, list[str]] = defaultdict(list)
    if not any(hit.members for hit in hits):
        return found
    for near in nearest(
        CATEGORIES,
        text,
        seller_id=seller_id,
        limit=NEIGHBOURS,
        where={"kind": KIND},
    ):
        if len(found[near.group]) < EXAMPLES:
            found[near.group].append(near.text.partition("\n")[0])
    return found
