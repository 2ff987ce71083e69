"""From what a model answered to a category: exactly, then by normalised form, then by the nearest one above a
threshold; never by a part of a name. Pure but for the search that it is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

# Of the nearest category's similarity: enough words in common, and clearly more than the next one has.
LEAST_SIMILARITY = 1.0
LEAST_LEAD = 1.25

_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Choice:
    """A category that was offered: a candidate, or a parent of several."""

    id: int
    name: str
    path: str


Search = Callable[[str], Sequence[tuple[int, float]]]  # words → (category id, similarity), the best first


def resolve(answer: str, choices: Sequence[Choice], search: Search) -> int | None:
    """The id that the answer means; None when that is not clear."""
    given = answer.strip()
    if not given:
        return None
    exact = _only(one.id for one in choices if given in (str(one.id), one.path)) or _only(
        one.id for one in choices if given == one.name
    )
    if exact is not None:
        return exact
    plain = normal(given)
    same = _only(one.id for one in choices if plain in (str(one.id), normal(one.path))) or _only(
        one.id for one in choices if plain == normal(one.name)
    )
    return same if same is not None else _nearest(given, search)


def normal(text: str) -> str:
    """Lower case, ё as е, signs and spaces folded: «Платья → Вечерние» and «платья вечерние» are the same."""
    return _NOT_WORD.sub(" ", text.lower().replace("ё", "е")).strip()


def _only(ids: Iterable[int]) -> int | None:
    """The one id; None for several, since a name that two categories have says nothing."""
    found = set(ids)
    return found.pop() if len(found) == 1 else None


def _nearest(words: str, search: Search) -> int | None:
    found = search(words)
    if not found or found[0][1] < LEAST_SIMILARITY:
        return None
    if len(found) > 1 and found[0][1] < LEAST_LEAD * found[1][1]:
        return None
    return found[0][0]
