"""Which products may be one: the same barcode, nearly the same first picture, or a title that is the other's and little more. Pure.

Work is bounded: what very many share (a barcode of a whole series, a size chart as the first picture, a common word) tells
nothing of any two of them and is left out; how many such groups there were is told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from vitrina.lib.pictures.likeness import distance
from vitrina.lib.text import fold, stem, words

MOST_ALIKE = 12  # products of one barcode or picture; more is no sign
MOST_WITH_WORD = 60  # products that a word may be in, to be looked up by
NEAR = 4  # bits of a picture's likeness: the same picture in another size or frame
BANDS = NEAR + 1  # of two that differ in NEAR bits, one band at least is equal
LEAST_WORDS = 3  # of a title, to say anything
MOST_EXTRA = 2  # words that the longer title has beside
_TELLING = re.compile(r"[0-9]|^[a-z]$|^[xх]{1,4}[smlсмл]$")
PLAIN_BITS = 4  # a picture of one tone has hardly any bits, or nearly all


@dataclass(frozen=True, slots=True)
class Item:
    """`likeness` of the first stored picture, None without one; `picture_id` tells the very same one."""

    id: int
    title: str
    barcode: str = ""
    picture_id: int | None = None
    likeness: int | None = None


@dataclass(slots=True)
class Found:
    """`reasons`: (earlier id, later id) → why. `left_out`: groups that were too big to tell anything."""

    reasons: dict[tuple[int, int], dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    left_out: int = 0

    def note(self, one: int, other: int, kind: str, value: Any) -> None:
        self.reasons[min(one, other), max(one, other)][kind] = value


def pairs(items: Sequence[Item]) -> Found:
    """Every pair with all that speaks for it."""
    found = Found()
    for barcode, group in _groups((item, code_of(item.barcode)) for item in items):
        _note_all(found, group, "barcode", barcode)
    for _picture, group in _groups((item, item.picture_id) for item in items):
        _note_all(found, group, "picture", 0)
    _by_likeness(found, items)
    _by_title(found, items)
    return found


def code_of(barcode: str) -> str:
    """Its digits; "" for what is no barcode: too short, or one digit over and over."""
    digits = re.sub(r"\D", "", barcode)
    return digits if 8 <= len(digits) <= 14 and len(set(digits)) > 1 else ""


def _groups(keyed: Iterable[tuple[Item, Any]]) -> Iterator[tuple[Any, list[Item]]]:
    groups: dict[Any, list[Item]] = defaultdict(list)
    for item, key in keyed:
        if key:
            groups[key].append(item)
    return ((key, group) for key, group in groups.items() if len(group) > 1)


def _note_all(found: Found, group: Sequence[Item], kind: str, value: Any) -> None:
    if len(group) > MOST_ALIKE:
        found.left_out += 1
        return
    for one, other in combinations(group, 2):
        found.note(one.id, other.id, kind, value)


def _by_likeness(found: Found, items: Sequence[Item]) -> None:
    bands: dict[tuple[int, int], list[Item]] = defaultdict(list)
    for item in items:
        if item.likeness is not None and PLAIN_BITS <= _bits(item.likeness).bit_count() <= 64 - PLAIN_BITS:
            for place, band in enumerate(_bands(item.likeness)):
                bands[place, band].append(item)
    for group in bands.values():
        if len(group) > MOST_WITH_WORD:
            found.left_out += 1
            continue
        for one, other in combinations(group, 2):
            assert one.likeness is not None
            assert other.likeness is not None
            if (
                one.picture_id != other.picture_id
                and (apart := distance(one.likeness, other.likeness)) <= NEAR
            ):
                found.note(one.id, other.id, "picture", apart)


def _bits(likeness: int) -> int:
    return likeness & 0xFFFF_FFFF_FFFF_FFFF


def _bands(likeness: int) -> list[int]:
    bits, width = _bits(likeness), 64 // BANDS + 1
    return [bits >> (place * width) & ((1 << width) - 1) for place in range(BANDS)]


def _by_title(found: Found, items: Sequence[Item]) -> None:
    """A title whose every word the other has, with the same numbers: «Кружка Лиса 400 мл» and «Кружка Лиса 400 мл, Ceramo»."""
    said = {item.id: _said(item.title) for item in items}
    holders: dict[str, list[int]] = defaultdict(list)
    for item in items:
        for word in said[item.id][0]:
            holders[word].append(item.id)
    for item in items:
        stems, numbers = said[item.id]
        if len(stems) < LEAST_WORDS:
            continue
        rarest = min(stems, key=lambda word: (len(holders[word]), word))
        if len(holders[rarest]) > MOST_WITH_WORD:
            found.left_out += 1
            continue
        for other in holders[rarest]:
            theirs, their_numbers = said[other]
            if other == item.id or numbers != their_numbers or not stems <= theirs:
                continue
            if len(theirs) - len(stems) <= MOST_EXTRA:
                found.note(item.id, other, "text", round(len(stems) / len(theirs), 2))


def _said(title: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The stems of its words, and its numbers, codes and letter sizes: another size or model is another product."""
    pieces = words(fold(title))
    telling = [word for word in pieces if _TELLING.search(word)]
    return frozenset(stem(word) for word in pieces if len(word) > 1 and word not in telling), tuple(
        sorted(telling)
    )
