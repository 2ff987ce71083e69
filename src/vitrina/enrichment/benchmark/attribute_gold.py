"""What a supplier's parameters say that the title or the description says, too: gold for reading attributes.

A parameter is gold when its value stands literally in the text (letter case, ё and spaces aside; a number with its unit
in any written form of that unit, looked for by a pattern of its own and not by the reader that is measured). The
parameters are hidden from the reader. Categories are not in these feeds: goods whose titles begin with the same word
are taken for one, and its schema is what their parameters are.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from vitrina.catalog.attributes import without_unit
from vitrina.catalog.facts import ProductFacts
from vitrina.catalog.mapping import Mapped, RowMapper
from vitrina.enrichment.data import load
from vitrina.enrichment.generators.attributes.places import bare_label
from vitrina.enrichment.generators.attributes.schema import AttributeSpec
from vitrina.enrichment.reading.units import Unit, unit_of
from vitrina.lib.feeds import open_feed
from vitrina.lib.feeds.feed import FeedRow
from vitrina.lib.html import to_text
from vitrina.lib.text import fold, words

NUMBERS, SIZES, COLOURS, MATERIALS, COUNTRIES = CLASSES = (
    "numbers",
    "sizes",
    "colours",
    "materials",
    "countries",
)
LEAST_USES = 2  # of a parameter among the goods of one kind, to be an attribute of theirs
_LABELS = (
    (COLOURS, re.compile(r"цвет(?![а-я]*(?:ност|ов|опер))|colou?r", re.IGNORECASE)),
    (MATERIALS, re.compile(r"материал|состав(?!\w)|ткань|material|fabric", re.IGNORECASE)),
    (COUNTRIES, re.compile(r"страна|country|made in", re.IGNORECASE)),
    (SIZES, re.compile(r"размер|габарит|формат|size|dimension", re.IGNORECASE)),
)
_AMOUNT = re.compile(
    r"(?P<number>[0-9][0-9 \u00a0]*(?:[.,][0-9]+)?)\s?(?P<unit>[^\W\d_]{1,12}\.?(?:[/·*][^\W\d_]{1,5})?[²³23]?|[\"″%])"
)
_BARE = re.compile(r"[0-9][0-9 \u00a0]*(?:[.,][0-9]+)?")
_SIZE = re.compile(
    r"[0-9.,]+(?:\s?[xх×*]\s?[0-9.,]+){1,2}(?:\s?(?:мм|см|м|mm|cm))?|[XХ]{0,4}[SMLX]|[AАB][0-9]\+?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter: `said` as the supplier wrote it, `number` in `unit` for measured ones. `is_gold`: it stands in the text."""

    label: str
    kind: str  # of CLASSES
    said: str
    number: Decimal | None
    unit: str
    is_gold: bool


@dataclass(frozen=True, slots=True)
class Item:
    """`facts` without parameters. `group`: the first word of the title."""

    feed: str
    facts: ProductFacts
    group: str
    params: tuple[Param, ...]

    @property
    def is_held_out(self) -> bool:
        """Half of the goods, by their ids: not to be looked at while rules are made."""
        return hashlib.sha256(self.facts.external_id.encode()).digest()[0] % 2 == 1


def items(path: Path) -> Iterator[Item]:
    """The goods of a feed. Raises NotAFeed and OSError."""
    with open_feed(path) as feed:
        mapper = RowMapper(file_format=feed.format)
        for row in feed:
            mapped = mapper.map(row.fields) if isinstance(row, FeedRow) else None
            if isinstance(mapped, Mapped):
                listing = mapped.listing
                facts = ProductFacts(
                    external_id=listing.external_id, title=listing.title, description=to_text(listing.description),
                    brand=listing.brand,
                )  # fmt: skip
                first = words(fold(listing.title))[:1]
                yield Item(path.stem, facts, "".join(first), tuple(_params(facts, listing.attributes)))


def schemas(goods: Iterable[Item]) -> dict[tuple[str, str], tuple[AttributeSpec, ...]]:
    """The attributes of each kind of goods: a list where values repeat words, a number in the unit that is used most."""
    seen: dict[tuple[str, str], dict[str, list[Param]]] = defaultdict(lambda: defaultdict(list))
    for item in goods:
        for param in item.params:
            seen[item.feed, item.group][param.label].append(param)
    return {
        key: tuple(_spec(label, params) for label, params in labels.items() if len(params) >= LEAST_USES)
        for key, labels in seen.items()
    }


def _spec(label: str, params: list[Param]) -> AttributeSpec:
    kind = Counter(param.kind for param in params).most_common(1)[0][0]
    if kind == NUMBERS:
        unit = Counter(param.unit for param in params if param.unit).most_common(1)
        return AttributeSpec(key=label, name=label, kind="number", unit=unit[0][0] if unit else "")
    if kind == SIZES:
        return AttributeSpec(key=label, name=label)
    pieces = Counter(piece for param in params for piece in pieces_of(param.said))
    return AttributeSpec(
        key=label, name=label, kind="choice" if kind == COLOURS else "multiple", values=tuple(sorted(pieces))
    )


def pieces_of(said: str) -> list[str]:
    """«Металл, пластик» are two."""
    pieces = (piece.strip(" .").lower() for piece in re.split(r"[,;/]", said))
    return list({fold(piece): piece for piece in pieces if piece}.values())


def _params(facts: ProductFacts, attributes: Mapping[str, str]) -> Iterator[Param]:
    text = fold(f"{facts.title}\n{facts.description}")
    for label, said in attributes.items():
        bare, of_label = bare_label(label)
        bare = without_unit(bare)[0].strip()
        kind = next((kind for kind, pattern in _LABELS if pattern.match(bare)), NUMBERS)
        if kind == NUMBERS:
            amount = _amount(said, of_label)
            if amount is not None:
                number, unit, written = amount
                yield Param(
                    label,
                    kind,
                    said,
                    number,
                    written,
                    _pattern(str(number), unit.id).search(text) is not None,
                )
        elif kind == SIZES:
            if _SIZE.fullmatch(said.strip()):
                yield Param(label, kind, said, None, "", _stands(said, text))
        elif len(said) <= 60 and not any(letter.isdigit() for letter in said):
            yield Param(label, kind, said, None, "", all(_stands(piece, text) for piece in pieces_of(said)))


def _amount(said: str, of_label: Unit | None) -> tuple[Decimal, Unit, str] | None:
    """One number with a known unit, and nothing else; a counted thing has none."""
    match = _AMOUNT.fullmatch(said.strip())
    unit = unit_of(match.group("unit")) if match else of_label if _BARE.fullmatch(said.strip()) else None
    if unit is None or unit.dimension == "count":
        return None
    number = re.sub(r"\s", "", match.group("number") if match else said.strip()).replace(",", ".")
    return Decimal(number), unit, match.group("unit") if match else load_form(unit.id)


@lru_cache(maxsize=256)
def load_form(unit_id: str) -> str:
    row = next(row for row in load("units.json")["units"] if row["id"] == unit_id)
    return str([*row.get("cased", ()), *row["forms"]][0])


@lru_cache(maxsize=4_096)
def _pattern(number: str, unit_id: str) -> re.Pattern[str]:
    """The number with any written form of its unit: «1 000 мл», «1000мл», «1000-миллилитровый»."""
    row = next(row for row in load("units.json")["units"] if row["id"] == unit_id)
    exact = [re.escape(fold(form)) for form in (*row.get("cased", ()), *row["forms"])]
    stems = [re.escape(fold(stem)) + r"\w{0,5}" for stem in row["stems"]]
    whole, point, rest = number.partition(".")
    spaced = r"[ \u00a0]?".join(
        [whole[: len(whole) % 3]] * bool(len(whole) % 3)
        + [whole[i : i + 3] for i in range(len(whole) % 3, len(whole), 3)]
    )
    digits = spaced + (rf"[.,]{rest}" if point else r"(?:[.,]0+)?")
    return re.compile(rf"(?<![\w.,]){digits}[\s-]{{0,2}}(?:{'|'.join([*exact, *stems])})(?![^\W\d_])")


def _stands(said: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(fold(said).strip())}(?!\w)", text) is not None
