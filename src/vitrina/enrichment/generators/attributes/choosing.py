"""Values of a list met in a listing: by dictionary form, by synonym, and by what a colour, material or country is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from vitrina.enrichment.generators.attributes.places import Place, Token, forms, tokens
from vitrina.enrichment.generators.attributes.schema import AttributeSpec
from vitrina.enrichment.reading.mention import Kind
from vitrina.enrichment.reading.mentions import read
from vitrina.lib.text import fold

MEANT = (Kind.COLOUR, Kind.MATERIAL, Kind.COUNTRY)
_NOT = r"(?:без|не|нет|кроме|ни|вместо|without|no|not|non)"
_DENIED = re.compile(rf"(?<![^\W_]){_NOT}[\s-]+$", re.IGNORECASE)
_BREATH = re.compile(r"[\s,;/+&0-9.%–—()-]*(?:(?:и|and)\s+)?[\s0-9.%]*")
_SHORT = 3  # letters; a shorter value («VA», «TN») must be written as the list has it


@dataclass(frozen=True, slots=True)
class Met:
    """A value of the list and where it stands."""

    value: str
    start: int
    end: int


def choices_at(spec: AttributeSpec, place: Place) -> list[Met]:
    """The values of the list that the place names, the longest first where they overlap; what is denied is none."""
    words = [token for token in tokens(place.text) if place.start <= token.start and token.end <= place.end]
    exact = fold(place.text[place.start : place.end]).strip(" .,;:")
    whole = next((value for value, named in spec.words_of_values if exact in map(fold, named)), None)
    if whole is not None:
        return [Met(whole, place.start, place.end)]
    found: list[Met] = []
    for index in range(len(words)):
        met = _met_at(spec, words, index, place)
        if met is not None and (not found or met.start >= found[-1].end):
            found.append(met)
    return found + _by_meaning(spec, place, found)


def is_denied(text: str, start: int) -> bool:
    """«без хлопка», «не белый»: what stands there is said not to be."""
    return _DENIED.search(text[max(0, start - 12) : start]) is not None


def lists_in(spec: AttributeSpec, place: Place) -> list[list[Met]]:
    """Values that a text names in one breath: «вискоза 70 %, лён 30 %» is one list, «подставка из стекла» another."""
    runs: list[list[Met]] = []
    for met in sorted(choices_at(spec, place), key=lambda met: met.start):
        if runs and _BREATH.fullmatch(place.text[runs[-1][-1].end : met.start]):
            runs[-1].append(met)
        else:
            runs.append([met])
    return runs


def _met_at(spec: AttributeSpec, words: Sequence[Token], index: int, place: Place) -> Met | None:
    """The longest value that begins with this word."""
    best: Met | None = None
    for value, form, written in by_first(spec).get(words[index].lemma, ()):
        ending = index + len(form)
        if tuple(word.lemma for word in words[index:ending]) != form:
            continue
        met = Met(value, words[index].start, words[ending - 1].end)
        text = place.text[met.start : met.end]
        if (len(text) <= _SHORT and text != written) or (
            text.isdigit() and place.source == "" and not place.is_strict
        ):
            continue
        if not is_denied(place.text, met.start) and (best is None or met.end > best.end):
            best = met
    return best


def _by_meaning(spec: AttributeSpec, place: Place, found: Sequence[Met]) -> list[Met]:
    """«чёрная» where the list has «Чёрный / black», «ink black» where it has «чёрный»."""
    meant = meanings(spec)
    if not meant:
        return []
    result = []
    for mention in read(place.text):
        value = meant.get((mention.kind, mention.value)) if mention.known else None
        if value is None or not place.start <= mention.start < place.end:
            continue
        if not is_denied(place.text, mention.start) and all(
            mention.end <= met.start or mention.start >= met.end for met in found
        ):
            result.append(Met(value, mention.start, mention.end))
    return result


@lru_cache(maxsize=1_024)
def by_first(spec: AttributeSpec) -> dict[str, tuple[tuple[str, tuple[str, ...], str], ...]]:
    """First dictionary form → (value, all its forms, as it is written)."""
    found: dict[str, list[tuple[str, tuple[str, ...], str]]] = {}
    for value, named in spec.words_of_values:
        for word in named:
            form = forms(word)
            if form:
                found.setdefault(form[0], []).append((value, form, word))
    return {first: tuple(rows) for first, rows in found.items()}


@lru_cache(maxsize=1_024)
def meanings(spec: AttributeSpec) -> dict[tuple[Kind, str], str]:
    """What a value of the list is, where it is one colour, material or country alone and no other value is the same."""
    found: dict[tuple[Kind, str], set[str]] = {}
    for value, named in spec.words_of_values:
        for word in named:
            said = {
                (mention.kind, mention.value)
                for mention in read(word)
                if mention.known and mention.kind in MEANT
            }
            if len(said) == 1 and len(forms(word)) == 1:
                found.setdefault(said.pop(), set()).add(value)
    return {meaning: values.pop() for meaning, values in found.items() if len(values) == 1}
