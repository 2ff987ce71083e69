"""Suggest a product's category: find candidates, let a model or the vote pick, make sure of what was meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vitrina.catalog.facts import ProductFacts
from vitrina.catalog.models import PATH_SEPARATOR
from vitrina.engine.ask import Answer, CallContext, ask
from vitrina.enrichment.generators.categorize import wording
from vitrina.enrichment.generators.categorize.candidates import candidates as find_candidates
from vitrina.enrichment.generators.categorize.generator import GENERATOR
from vitrina.enrichment.generators.categorize.resolving import Choice, resolve
from vitrina.enrichment.generators.categorize.schema import Candidate, CategorizeInput, CategorizeOutput
from vitrina.retrieval.collections import CATEGORIES
from vitrina.retrieval.index import Value
from vitrina.retrieval.nearest import nearest_groups

OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class CategorySuggestion:
    """`category_id` None: nothing fits (`no_fit`, perhaps with a `proposed_name`), or the answer could not be
    understood (`reasoning` says so). `confidence` is raw, 0–1; None is unknown, never high.
    `is_parent`: the category is no leaf; a person places the product deeper.
    """

    category_id: int | None
    no_fit: bool
    proposed_name: str
    confidence: float | None
    alternatives: tuple[tuple[int, float | None], ...]
    attributes: dict[str, str]
    reasoning: str
    candidates: tuple[Candidate, ...]
    source: str
    answer: Answer[CategorizeOutput]
    is_parent: bool = False


def suggest(
    facts: ProductFacts,
    *,
    seller_id: int | None,
    context: CallContext,
    remarks: Sequence[str] = (),
    language: str = "ru",
    tree: str = "",
    item_type: str = "",
) -> CategorySuggestion:
    """Costs two searches, a query, and a call where the route `categorize` has a model. Raises what `ask` raises."""
    found = find_candidates(facts, seller_id=seller_id, tree=tree, item_type=item_type)
    parents = wording.shared_parents(found)
    given = CategorizeInput(
        facts=facts,
        candidates=tuple(found),
        listing=wording.listing(facts, item_type),
        choices=wording.choices(found, parents),
        wanted=wording.wanted(found, language),
        language=language,
    )
    answer = ask(GENERATOR, given, context=context, remarks=remarks)
    choices = [Choice(one.id, one.name, one.path) for one in found]
    choices += [Choice(pk, path.rpartition(PATH_SEPARATOR)[2], path) for pk, path in parents.items()]

    def search(words: str) -> list[tuple[int, float]]:
        where: dict[str, Value | Sequence[Value]] = {"tree": tree, "is_leaf": True}
        hits = nearest_groups(CATEGORIES, words, seller_id=seller_id, limit=2, where=where)
        return [(int(hit.name), hit.score) for hit in hits]

    said = answer.value
    category_id = resolve(said.category, choices, search)
    return CategorySuggestion(
        category_id=category_id,
        no_fit=category_id is None,
        proposed_name=said.proposed_name,
        confidence=said.confidence if category_id is not None else None,
        alternatives=tuple(
            (other, one.confidence)
            for one in said.alternatives
            if (other := resolve(one.category, choices, lambda _: ())) is not None and other != category_id
        ),
        attributes={one.name: one.value for one in said.attributes if one.name and one.value},
        reasoning=_reasoning(said, category_id, language),
        candidates=tuple(found),
        source=answer.source,
        answer=answer,
        is_parent=category_id in parents,
    )


def _reasoning(said: CategorizeOutput, category_id: int | None, language: str) -> str:
    if category_id is not None or not said.category:
        return said.reasoning
    if language == "en":
        return f"The answer «{said.category}» is none of the categories. {said.reasoning}".strip()
    return f"Ответ «{said.category}» не совпадает ни с одной категорией. {said.reasoning}".strip()
