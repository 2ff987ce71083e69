"""Yes and no: «с капюшоном», «без рукавов», «Подсветка: есть», «водонепроницаемый», «не водонепроницаемый»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vitrina.enrichment.generators.attributes.places import Place, Token, forms, names_of, tokens
from vitrina.enrichment.generators.attributes.schema import AttributeSpec
from vitrina.enrichment.reading.morphology import marks
from vitrina.lib.text import fold

_YES = re.compile(r"(?:да|есть|имеется|yes|true|\+|1|присутствует)(?![^\W_])", re.IGNORECASE)
_NO = re.compile(r"(?:нет|не имеется|отсутству\w+|no|none|false|-|0|без)(?![^\W_])", re.IGNORECASE)
_HAS = frozenset(
    {
        "с", "со", "есть", "иметь", "имеется", "оснастить", "оснащённый", "оснащенный", "включать", "наличие", "снабдить",
        "with", "has", "including", "features",
    }
)  # fmt: skip
_LACKS = frozenset({"без", "нет", "отсутствие", "отсутствовать", "without", "no"})
_BEFORE = 2  # words between «с» and the thing: «с большим съёмным капюшоном»
YES, NO = {"ru": "да", "en": "yes"}, {"ru": "нет", "en": "no"}


@dataclass(frozen=True, slots=True)
class Said:
    is_so: bool
    start: int
    end: int


def said_at(place: Place) -> Said | None:
    """Behind the attribute's own name: «есть», «нет»; None where something else stands there."""
    for pattern, is_so in ((_YES, True), (_NO, False)):
        if match := pattern.match(place.text, place.start, place.end):
            return Said(is_so, match.start(), match.end())
    return None


def said_in(spec: AttributeSpec, text: str) -> list[Said]:
    """Every place of a text that says of the attribute's thing that it is there, or isn't."""
    words = tokens(text)
    found = []
    for form in dict.fromkeys(thing for name in names_of(spec) if (thing := _thing(forms(name)))):
        for index in range(len(words) - len(form) + 1):
            if tuple(word.lemma for word in words[index : index + len(form)]) == form:
                said = _said_around(text, words, index, len(form))
                if said is not None:
                    found.append(said)
    return found


def _thing(form: tuple[str, ...]) -> tuple[str, ...]:
    """«С капюшоном», «Наличие капюшона» ask for the «капюшон»."""
    return form[1:] if len(form) > 1 and form[0] in _HAS else form


def _said_around(text: str, words: Sequence[Token], index: int, count: int) -> Said | None:
    first, last = words[index], words[index + count - 1]
    if "ADJF" in marks(text[first.start : first.end]) and count == 1:
        denied = index > 0 and words[index - 1].lemma in ("не", "not")
        return Said(not denied, words[index - 1].start if denied else first.start, last.end)
    for step in range(1, _BEFORE + 2):
        if index - step < 0:
            break
        before = words[index - step]
        if re.search(r"[.;!?,:]", text[before.end : first.start]):
            break
        if before.lemma in _LACKS:
            return Said(False, before.start, last.end)
        if before.lemma in _HAS:
            return Said(True, before.start, last.end)
        if "ADJF" not in marks(text[before.start : before.end]):
            break
    behind = fold(text[last.end : last.end + 20])
    if re.match(r"\s+(?:отсутству|нет\b|не предусмотр)", behind):
        return Said(False, first.start, last.end)
    return None
