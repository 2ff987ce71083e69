"""Car brands and what their badges look like, by model year. Pure; the facts are `data/brands.json`."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

# Letters that a typo may take: none in short names, which are too near to each other («Kia», «Mia»).
ONE_TYPO_FROM, TWO_TYPOS_FROM = 5, 9


@dataclass(frozen=True, slots=True)
class Era:
    """Model years in which the front badge looked so; None: open. `is_seen`: the words come from the artwork."""

    first: int | None
    last: int | None
    badge: str
    is_seen: bool

    def holds(self, year: int) -> bool:
        return (self.first is None or self.first <= year) and (self.last is None or year <= self.last)

    def years_away(self, year: int) -> int:
        if self.holds(year):
            return 0
        return min(abs(year - edge) for edge in (self.first, self.last) if edge is not None)


@dataclass(frozen=True, slots=True)
class Brand:
    """`spellings`: every known one, the English name first. `lines`: names that tell the brand and belong to the model
    («Range Rover»). `confused_with`: brands that models draw instead, by their English names."""

    id: str
    name: str
    russian: str
    spellings: tuple[str, ...]
    lines: tuple[str, ...]
    placement: str
    eras: tuple[Era, ...]
    confused_with: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Badge:
    """The badge of a car. `is_certain`: its model year lies in a known era, and the era's words were written from the
    artwork."""

    words: str
    placement: str
    is_certain: bool
    is_year_known: bool


@cache
def brands() -> tuple[Brand, ...]:
    told = json.loads(resources.files("vitrina.vehicles").joinpath("data/brands.json").read_text("utf-8"))
    names = {row["id"]: row["names"]["en"][0] for row in told["brands"]} | told["outside"]
    return tuple(
        Brand(
            id=row["id"],
            name=row["names"]["en"][0],
            russian=row["names"]["ru"][0],
            spellings=(*row["names"]["en"], *row["names"]["ru"]),
            lines=tuple(row["names"].get("lines", ())),
            placement=row["placement"],
            eras=tuple(Era(era["from"], era["to"], era["badge"], era["is_seen"]) for era in row["eras"]),
            confused_with=tuple(names[other] for other in row["confused_with"]),
            note=row["note"],
        )
        for row in told["brands"]
    )


def brand(identity: str) -> Brand:
    """Raises KeyError for an id that the data don't have."""
    return _by_id()[identity]


def identities() -> frozenset[str]:
    return frozenset(_by_id())


def recognized(text: str) -> Brand | None:
    """The brand that was meant: Russian or English, any case, marks and hyphens, small typos. None: unknown.

    A typo counts only where it leads to one brand alone.
    """
    key = _key(text)
    if not key:
        return None
    exact = _by_key().get(key)
    if exact is not None:
        return exact
    most = 0 if len(key) < ONE_TYPO_FROM else 1 if len(key) < TWO_TYPOS_FROM else 2
    for allowed in range(1, most + 1):
        found = {
            one.id: one
            for known, one in _by_key().items()
            if len(known) >= ONE_TYPO_FROM and _within(key, known, allowed)
        }
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            return None
    return None


def badge_of(one: Brand, year: int | None) -> Badge:
    """By model year; outside every known era the nearest one, marked as uncertain; without a year the newest."""
    if year is None:
        era = one.eras[-1]
        return Badge(era.badge, one.placement, era.is_seen and len(one.eras) == 1, is_year_known=False)
    era = min(one.eras, key=lambda era: era.years_away(year))
    return Badge(era.badge, one.placement, era.is_seen and era.holds(year), is_year_known=True)


def is_named(name: str, text: str) -> bool:
    """Whether a brand is named in `text` as a word of its own: «seats» doesn't name Seat."""
    words = r"[\W_]+".join(re.escape(word) for word in _words(name))
    return bool(re.search(rf"(?<!\w){words}(?!\w)", _plain(text)))


def spelled_in(words: list[str]) -> list[tuple[Brand, int, int]]:
    """Every brand that is spelled without a typo in a row of words, in order, each with its slice.

    Longer names win («Great Wall» over «Wall»); Russian names may be declined («Ладу», «Форда»).
    """
    found, start = [], 0
    while start < len(words):
        for length in range(min(longest_spelling(), len(words) - start), 0, -1):
            one = _declined(_key(" ".join(words[start : start + length])))
            if one is not None:
                found.append((one, start, start + length))
                start += length - 1
                break
        start += 1
    return found


@cache
def longest_spelling() -> int:
    """In words."""
    return max(len(_words(name)) for one in brands() for name in (*one.spellings, *one.lines))


def is_line(one: Brand, text: str) -> bool:
    return _key(text) in {_key(line) for line in one.lines}


@cache
def _by_id() -> dict[str, Brand]:
    return {one.id: one for one in brands()}


@cache
def _by_key() -> dict[str, Brand]:
    return {_key(name): one for one in brands() for name in (one.id, *one.spellings, *one.lines)}


def _declined(key: str) -> Brand | None:
    exact = _by_key().get(key)
    if exact is not None or not re.fullmatch("[а-я]{4,}", key):
        return exact
    if key[-1] in "уые":  # Ладу, Мазды, Тойоте
        exact = _by_key().get(key[:-1] + "а")
    if exact is None and key[-1] in "ауе":  # Форда, Ниссану
        exact = _by_key().get(key[:-1])
    if exact is None and key[-1] in "яюе":  # Опеля
        exact = _by_key().get(key[:-1] + "ь")
    return exact


def _key(text: str) -> str:
    return "".join(_words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _plain(text))


def _plain(text: str) -> str:
    """Lower case without accents; «й» stays, for it is a letter of its own."""
    parted = unicodedata.normalize("NFKD", text[:20_000].casefold().replace("й", "\ue000"))
    bare = "".join(letter for letter in parted if not unicodedata.combining(letter))
    return bare.replace("\ue000", "й").replace("ё", "е")


def _within(one: str, other: str, allowed: int) -> bool:
    """Whether at most `allowed` letters were added, left out, changed, or changed places with their neighbors."""
    if abs(len(one) - len(other)) > allowed:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        fresh = [place]
        for index, against in enumerate(other, start=1):
            cost = min(row[index] + 1, fresh[index - 1] + 1, row[index - 1] + (letter != against))
            if place > 1 and index > 1 and letter == other[index - 2] and one[place - 2] == against:
                cost = min(cost, before[index - 2] + 1)
            fresh.append(cost)
        before, row = row, fresh
        if min(row) > allowed:
            return False
    return row[-1] <= allowed
