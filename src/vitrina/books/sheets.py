"""How the people and places of a book look, taken from the first good description of each. Pure.

A sheet's look goes into every later prompt that names it, so that it looks the same in each picture. What a person
confirmed is never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from vitrina.books.generators.portrait.offline import look_of
from vitrina.books.generators.portrait.schema import MOST_CHARACTERS, MOST_PASSAGES, PortraitInput
from vitrina.books.names import Name, names_of
from vitrina.books.recipe import Look

LEAST_MENTIONS = 2  # of a name in the book, to be worth a sheet


@dataclass(frozen=True, slots=True)
class Sheet:
    """`look`: English, empty while no description is known. `source`: which of the given texts it was taken from."""

    name: str
    is_place: bool = False
    look: str = ""
    is_confirmed: bool = False
    source: int | None = None


def first_looks(texts: Sequence[str], names: Iterable[Name], language: str) -> list[Sheet]:
    """A sheet for every name that is worth one, the most mentioned first.

    `texts`: passages in reading order; `names`: of the whole book. A name without a good description gets an empty look,
    for a person to fill in.
    """
    worth = [name for name in names if name.mentions >= LEAST_MENTIONS]
    named = [frozenset(names_of(text, worth, language)) for text in texts]
    return [_sheet(name, worth, texts, named, language) for name in worth]


def _sheet(
    name: Name, worth: Sequence[Name], texts: Sequence[str], named: Sequence[frozenset[str]], language: str
) -> Sheet:
    for number, text in enumerate(texts):
        if name.name in named[number] and (look := look_of(text, name, worth, language)):
            return Sheet(name.name, name.is_place, look, source=number)
    return Sheet(name.name, name.is_place)


def to_portray(
    texts: Sequence[str], names: Iterable[Name], language: Literal["ru", "en"]
) -> list[PortraitInput]:
    """What the generator `portray` is asked for each name that is worth a sheet and stands in a passage."""
    worth = [name for name in names if name.mentions >= LEAST_MENTIONS]
    named = [frozenset(names_of(text, worth, language)) for text in texts]
    asked = []
    for name in worth:
        told = [
            text[:MOST_CHARACTERS] for text, there in zip(texts, named, strict=True) if name.name in there
        ]
        if told:
            asked.append(
                PortraitInput(
                    name=name.name,
                    is_place=name.is_place,
                    language=language,
                    passages=tuple(told[:MOST_PASSAGES]),
                )
            )
    return asked


def merged(known: Iterable[Sheet], found: Iterable[Sheet]) -> list[Sheet]:
    """The sheets of a book after another reading: a look that is confirmed, or stands already, stays as it is."""
    by_name: dict[str, Sheet] = {sheet.name: sheet for sheet in known}
    for sheet in found:
        old = by_name.get(sheet.name)
        if old is None:
            by_name[sheet.name] = sheet
        elif not old.is_confirmed and not old.look:
            by_name[sheet.name] = replace(old, look=sheet.look, source=sheet.source)
    return list(by_name.values())


def looks_for(names: Iterable[str], sheets: Mapping[str, str]) -> list[Look]:
    """What a passage's prompt says of whom it names, in the order of the passage. `sheets`: name → look."""
    return [Look(name, sheets[name]) for name in dict.fromkeys(names) if sheets.get(name, "").strip()]
