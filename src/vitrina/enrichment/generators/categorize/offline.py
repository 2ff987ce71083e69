"""The category by the vote of names and confirmed products: the floor that a model must beat."""

from __future__ import annotations

from vitrina.enrichment.generators.categorize.schema import (
    Alternative,
    Candidate,
    CategorizeInput,
    CategorizeOutput,
)
from vitrina.enrichment.generators.categorize.voting import confidences

ALTERNATIVES = 3
# Below this the best candidate shares hardly more than a word's ending with the listing.
LEAST_SIMILARITY = 0.12


def vote(given: CategorizeInput) -> CategorizeOutput:
    candidates = given.candidates  # the best first, also by embeddings where there are any
    if max((one.similarity for one in candidates), default=0.0) < LEAST_SIMILARITY:
        return CategorizeOutput(category="", confidence=None, reasoning=_no_fit(given.language))
    sure = confidences([one.similarity for one in candidates], candidates[0].confirmed)
    return CategorizeOutput(
        category=str(candidates[0].id),
        confidence=sure[0],
        alternatives=[
            Alternative(category=str(one.id), confidence=confidence)
            for one, confidence in zip(candidates[1 : 1 + ALTERNATIVES], sure[1:], strict=False)
        ],
        reasoning=_reasoning(candidates[0], given.language),
    )


def _reasoning(best: Candidate, language: str) -> str:
    if language == "en":
        if not best.confirmed:
            return f"The listing shares most words with «{best.path}». No product was confirmed there yet."
        like = f" The nearest: «{best.examples[0]}»." if best.examples else ""
        return (
            f"The listing shares most words with «{best.path}» and its confirmed products ({best.confirmed})."
            + like
        )
    if not best.confirmed:
        return f"Больше всего общих слов у категории «{best.path}». Подтверждённых товаров в ней ещё нет."
    like = f" Ближайший: «{best.examples[0]}»." if best.examples else ""
    return (
        f"Больше всего общих слов у категории «{best.path}» и её подтверждённых товаров ({best.confirmed})."
        + like
    )


def _no_fit(language: str) -> str:
    if language == "en":
        return "No category shares enough words with the listing."
    return "Ни у одной категории нет достаточно общих слов с товаром."
