"""What a model reads of the candidates and the listing, held to a budget of tokens. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.generators.categorize.schema import Candidate
from vitrina.lib.text import estimate_tokens

# With the prompt's own words and the listing's 350 this stays under 1 500 in all.
CHOICES_TOKENS = 700
LEAST_CHILDREN = 2  # a parent is a choice when so many candidates lie below it
PARENTS = 4
SCHEMAS = 3  # the attributes of so many of the best candidates are asked for
ATTRIBUTES = 12
COMMON_ATTRIBUTES = {
    "ru": ("Пол", "Возраст", "Тип", "Сезон", "Стиль", "Материал", "Цвет"),
    "en": ("Gender", "Age group", "Type", "Season", "Style", "Material", "Colour"),
}


def choices(candidates: Sequence[Candidate], parents: Mapping[int, str]) -> str:
    """One line per candidate, then the parents that several share; examples are left out where space ends.

    No candidate is ever left out: an example is told only while there is room for the rest.
    """
    bare = [f"{one.id} | {one.path}" for one in candidates]
    shared = [f"{pk} | {path} (parent)" for pk, path in parents.items()]
    left = CHOICES_TOKENS - sum(estimate_tokens(line) + 1 for line in [*bare, *shared])
    lines = []
    for one, line in zip(candidates, bare, strict=True):
        told = ""
        for example in one.examples:
            addition = f"{'; ' if told else ' | like: '}{example}"
            cost = estimate_tokens(addition)
            if cost <= left:
                left -= cost
                told += addition
        lines.append(line + told)
    return "\n".join([*lines, *shared])


def shared_parents(candidates: Sequence[Candidate]) -> dict[int, str]:
    """Parents that several candidates share, id → path: a choice for when no leaf is sure."""
    paths = {one.parent_id: one.parent_path for one in candidates}
    counted = Counter(one.parent_id for one in candidates)
    return {
        pk: paths[pk]
        for pk, count in counted.most_common(PARENTS)
        if pk is not None and count >= LEAST_CHILDREN
    }


def wanted(candidates: Sequence[Candidate], language: str) -> str:
    """The attributes of the best candidates' own schemas; the common ones where they have none."""
    names = list(dict.fromkeys(name for one in candidates[:SCHEMAS] for name in one.attributes if name))
    return ", ".join(names[:ATTRIBUTES] or COMMON_ATTRIBUTES.get(language, COMMON_ATTRIBUTES["en"]))


def listing(facts: ProductFacts, item_type: str = "") -> str:
    parts = [
        facts.title,
        f"Brand: {facts.brand}" if facts.brand else "",
        f"Category at the source: {facts.category_hint}" if facts.category_hint else "",
        f"On the pictures: {item_type}" if item_type else "",
        "; ".join(f"{name}: {value}" for name, value in facts.attributes.items()),
        facts.description,
    ]
    return "\n".join(part for part in parts if part)
