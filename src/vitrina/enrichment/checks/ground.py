"""The ground of a text: everything that is known of the product, indexed so that a claim finds where it stands."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.findings import Span
from vitrina.enrichment.reading.mention import Kind, Mention
from vitrina.enrichment.reading.mentions import read
from vitrina.enrichment.reading.morphology import fold_word, is_cyrillic, lemma, lemmas
from vitrina.enrichment.reading.quantities import code_key
from vitrina.enrichment.reading.units import dimensions_of_name, unit_by_id, unit_of
from vitrina.lib.text import fold

Key = tuple[str, ...]
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
# A run of digits by itself or in a code; not a side of a decimal point.
_DIGITS = re.compile(r"(?<![0-9.,])[0-9]+(?![0-9]|[.,][0-9])|(?<=[^\W\d_][.,])[0-9]+(?![0-9])")
LETTER_SIZES = ("XXS", "XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL", "5XL")


@dataclass(slots=True)
class Ground:
    """`places` maps a key to where it was first seen: ("number", "1.5"), ("colour", "beige"), ("word", "ткань") …"""

    places: dict[Key, Span] = field(default_factory=dict)
    amounts: dict[str, dict[Decimal, Span]] = field(default_factory=dict)  # dimension → amount in base units
    ranges: list[tuple[Decimal, Decimal, Span]] = field(default_factory=list)  # of sizes: 42–48
    codes: dict[str, str] = field(default_factory=dict)  # field → its whole text as one code key

    def place(self, *key: str) -> Span | None:
        return self.places.get(key)

    def add(self, span: Span, *key: str) -> None:
        self.places.setdefault(key, span)

    def add_amount(self, dimension: str, amount: Decimal, span: Span) -> None:
        self.amounts.setdefault(dimension, {}).setdefault(amount, span)


def build_ground(
    facts: ProductFacts,
    attributes: Mapping[str, object] | None = None,
    image_facts: Mapping[str, object] | None = None,
    category_path: str = "",
) -> Ground:
    """The ground is for reading only: the writer and the checks of one product share it."""
    key = (facts.model_dump_json(), repr(attributes or {}), repr(image_facts or {}), category_path)
    with _lock:
        known = _recent.get(key)
    if known is None:
        known = _build(facts, attributes or {}, image_facts or {}, category_path)
        with _lock:
            while len(_recent) >= _REMEMBERED:
                _recent.pop(next(iter(_recent)))
            _recent[key] = known
    return known


_REMEMBERED = 64  # products in flight in one process at a time, and a few more
_recent: dict[tuple[str, str, str, str], Ground] = {}
_lock = threading.Lock()


def _build(
    facts: ProductFacts,
    attributes: Mapping[str, object],
    image_facts: Mapping[str, object],
    category_path: str,
) -> Ground:
    ground = Ground()
    for name, text in _fields(facts, category_path):
        _add_text(ground, name, text)
    for origin, pairs in (
        ("attributes", facts.attributes),
        ("extracted", attributes),
        ("pictures", image_facts),
    ):
        for label, value in pairs.items():
            for text in _texts_of(value):
                _add_text(ground, f"{origin}.{label}", text)
                _add_named_numbers(ground, f"{origin}.{label}", label, text)
            _add_words(ground, f"{origin}.{label}", label)
    return ground


def _fields(facts: ProductFacts, category_path: str) -> Iterator[tuple[str, str]]:
    yield "title", facts.title
    yield "description", facts.description
    yield "brand", facts.brand
    yield "category", " ".join(filter(None, (facts.category_hint, facts.category_path, category_path)))
    yield "supplier", facts.supplier
    yield "barcode", facts.barcode
    yield "external_id", facts.external_id


def _texts_of(value: object) -> Iterable[str]:
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _texts_of(inner)]
    if isinstance(value, list | tuple | set | frozenset):
        return [text for inner in value for text in _texts_of(inner)]
    return [] if value is None else [str(value)]


def _add_text(ground: Ground, name: str, text: str) -> None:
    if not text:
        return
    ground.codes[name] = ground.codes.get(name, "") + code_key(text)
    mentions = read(text)
    for mention in mentions:
        _add_mention(ground, name, mention)
    _add_open_ranges(ground, name, mentions, text)
    _add_words(ground, name, text)
    for match in _DIGITS.finditer(text):
        span = Span(name, match.start(), match.end())
        ground.add(span, "digits", match.group().lstrip("0") or "0")


def _add_mention(ground: Ground, name: str, mention: Mention) -> None:
    span = Span(name, mention.start, mention.end)
    if mention.kind is Kind.CODE:
        ground.add(span, "code", mention.value)
    elif mention.kind in (Kind.COLOUR, Kind.MATERIAL, Kind.COUNTRY, Kind.NAME):
        ground.add(span, mention.kind.value, mention.value)
    elif mention.kind is Kind.SIZE and not mention.parts:
        ground.add(span, "size", mention.value)
    else:
        _add_numbers(ground, span, mention)


def _add_numbers(ground: Ground, span: Span, mention: Mention) -> None:
    unit = unit_by_id(mention.unit)
    for number in mention.parts:
        ground.add(span, "number", number)
        if mention.kind is Kind.SIZE:
            ground.add(span, "side", number)
        if unit is not None:
            ground.add(span, "measured", number)
            ground.add_amount(unit.dimension, unit.in_base(Decimal(number)), span)
        elif mention.unit:
            ground.add(span, "measured", number)
            ground.add(span, "count", number, mention.unit)
            ground.add(span, "counted", mention.unit)
        else:
            ground.add(span, "bare", number)
    if mention.kind is Kind.SIZE and mention.unit:
        ground.add(span, "size unit", mention.unit)


def _add_open_ranges(ground: Ground, name: str, mentions: tuple[Mention, ...], text: str) -> None:
    """«S–XL» holds M and L; «от 40 до 48» and «40-48» hold 44; a bare end takes the unit of the other end."""
    for first, second in pairwise(mentions):
        between = text[first.end : second.start].strip().lower()
        if second.start == first.start and second.end == first.end and first.parts and second.parts:
            low, high = sorted((Decimal(first.value), Decimal(second.value)))
            ground.ranges.append((low, high, Span(name, first.start, first.end)))
        if between not in {"-", "–", "—", "до", "to", "..", "…"}:
            continue
        span = Span(name, first.start, second.end)
        if first.kind is second.kind is Kind.SIZE and not first.parts and not second.parts:
            if first.value in LETTER_SIZES and second.value in LETTER_SIZES:
                start, stop = LETTER_SIZES.index(first.value), LETTER_SIZES.index(second.value)
                for size in LETTER_SIZES[start : stop + 1]:
                    ground.add(span, "size", size)
        elif first.parts and second.parts and not first.unit and (unit := unit_by_id(second.unit)):
            ground.add_amount(unit.dimension, unit.in_base(Decimal(first.value)), span)


def _add_named_numbers(ground: Ground, name: str, label: str, text: str) -> None:
    """«Вес: 0.216» is a mass in some unit; «Мощность (Вт): 50» is in watts; «Size: M» is a size."""
    unit = next(
        (found for piece in re.split(r"[(),\s]+", label)[1:] if piece and (found := unit_of(piece))), None
    )
    dimensions = dimensions_of_name(label)
    for mention in read(text):
        if not mention.parts or mention.unit:
            continue
        span = Span(name, mention.start, mention.end)
        for number in mention.parts:
            if unit is not None:
                ground.add_amount(unit.dimension, unit.in_base(Decimal(number)), span)
            else:
                for dimension in dimensions:
                    ground.add(span, "open", dimension, number)
            if "length" in dimensions:
                ground.add(span, "side", number)


def _add_words(ground: Ground, name: str, text: str) -> None:
    for match in _WORD.finditer(text):
        word = match.group()
        span = Span(name, match.start(), match.end())
        ground.add(span, "word", fold_word(word))
        if is_cyrillic(word):
            for form in lemmas(word):
                ground.add(span, "word", form)
        else:
            ground.add(span, "word", lemma(word))
            ground.add(span, "sound", sound(word))


_SOUNDS = {
    "а": "", "б": "b", "в": "v", "г": "g", "д": "d", "е": "", "ж": "j", "з": "s", "и": "", "й": "", "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "", "п": "p", "р": "r", "с": "s", "т": "t", "у": "", "ф": "f", "х": "", "ц": "s", "ч": "k", "ш": "s", "щ": "s",
    "ъ": "", "ы": "", "ь": "", "э": "", "ю": "", "я": "",
}  # fmt: skip


@lru_cache(maxsize=32_768)
def sound(word: str) -> str:
    """The consonants of a name, the same for «Самсунг» and Samsung. Rough: two spellings of one name meet, no more."""
    folded = fold(word)
    if is_cyrillic(folded):
        letters = folded.replace("кс", "x").replace("дж", "j")
        plain = "".join(_SOUNDS.get(letter, letter) for letter in letters).replace("x", "ks")
    else:
        plain = (
            folded.replace("ph", "f")
            .replace("sch", "s")
            .replace("sh", "s")
            .replace("ch", "k")
            .replace("ck", "k")
            .replace("x", "ks")
        )
        plain = plain.replace("c", "k").replace("q", "k").replace("z", "s").replace("w", "v")
        plain = re.sub(r"[aeiouyh'’-]", "", plain)
    return re.sub(r"(.)\1+", r"\1", plain)
